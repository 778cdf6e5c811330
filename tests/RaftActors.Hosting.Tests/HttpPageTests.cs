using System.Net;
using System.Net.Http.Json;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

using RaftActors.Testing;

namespace RaftActors.Hosting.Tests;

/// <summary>The code of docs/how-to/unknown-and-http.md, with a scripted client.</summary>
public sealed class HttpPageTests : IAsyncLifetime
{
    private readonly ScriptedClient<string, int> _orders = new();
    private readonly HttpClient _http = new();
    private readonly WebApplication _app;
    private RequestKey? _asked;

    public HttpPageTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<RaftClient<string, int>>(_orders);
        _app = builder.Build();
        Map(_app);
    }

    public async Task InitializeAsync()
    {
        await _app.StartAsync();
        _http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Committed_order_is_answered_with_its_result_and_the_key_of_the_client()
    {
        var answer = await PostAsync(new Outcome<int> { Serial = new Serial(7), Result = 42 });

        Assert.Equal((HttpStatusCode.OK, "42"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("/order-1", _asked?.Text);
    }

    [Theory]
    [InlineData(FailureReason.NoLeader, HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(FailureReason.Busy, HttpStatusCode.ServiceUnavailable, true)]
    [InlineData(FailureReason.Discarded, HttpStatusCode.UnprocessableEntity, false)]
    [InlineData(FailureReason.Invalid, HttpStatusCode.UnprocessableEntity, false)]
    [InlineData(FailureReason.HandlerFailed, HttpStatusCode.UnprocessableEntity, false)]
    public async Task Order_that_was_not_booked_is_answered_by_whether_a_repeat_helps(
        FailureReason reason, HttpStatusCode status, bool helps)
    {
        var answer = await PostAsync(Failed(FailureKind.NotDone, reason));

        Assert.Equal((status, helps), (answer.StatusCode, answer.Headers.RetryAfter is not null));
    }

    [Fact]
    public async Task Order_that_may_be_booked_is_answered_with_504()
    {
        var answer = await PostAsync(Failed(FailureKind.Unknown, FailureReason.TimedOut));
        Assert.Equal(HttpStatusCode.GatewayTimeout, answer.StatusCode);
    }

    [Fact]
    public async Task Order_without_a_key_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.PostAsJsonAsync("/orders", "beer")).StatusCode);

    private static Outcome<int> Failed(FailureKind kind, FailureReason reason) => new() { Failure = new RaftFailure(kind, reason, "why") };

    private async Task<HttpResponseMessage> PostAsync(Outcome<int> outcome)
    {
        _orders.OnAppend = (_, _, key) =>
        {
            _asked = key;
            return outcome;
        };
        using HttpRequestMessage request = new(HttpMethod.Post, "/orders") { Content = JsonContent.Create("beer") };
        request.Headers.Add("Idempotency-Key", "order-1");
        return await _http.SendAsync(request);
    }

    private static void Map(WebApplication app)
    {
        app.MapPost("/orders", async (
            [FromHeader(Name = "Idempotency-Key")] string? key,
            [FromBody] string order,
            RaftClient<string, int> orders,
            HttpContext http) =>
        {
            if (string.IsNullOrEmpty(key))
            {
                return Results.Problem("Name the order by the header Idempotency-Key.", statusCode: 400);
            }

            var outcome = await orders.AppendAsync("order", order, requestKey: $"{http.User.Identity?.Name}/{key}");
            switch (outcome.Failure)
            {
                case null:
                    return outcome.HasResult ? Results.Ok(outcome.Result) : Results.Ok();
                case { Kind: FailureKind.Unknown }:
                    return Results.Problem(
                        "The order is booked already, later or never. Repeat it with the same key.", statusCode: 504);
                case { Reason: FailureReason.Discarded or FailureReason.Invalid or FailureReason.HandlerFailed } refused:
                    return Results.Problem(refused.Detail, statusCode: 422);
                default:
                    http.Response.Headers.RetryAfter = "2";
                    return Results.Problem(outcome.Failure.Detail, statusCode: 503);
            }
        });
    }
}
