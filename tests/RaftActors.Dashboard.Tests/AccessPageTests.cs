using Akka.Actor;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace RaftActors.Dashboard.Tests;

/// <summary>The code of docs/dashboard.md.</summary>
public sealed class AccessPageTests
{
    [Fact]
    public async Task Readers_and_operators_are_those_of_the_policies()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("shop", _ => { });
        builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, UserByHeader>("header", null);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy("raft-readers", policy => policy.RequireAuthenticatedUser())
            .AddPolicy("raft-operators", policy => policy.RequireRole("operator"));
        var app = builder.Build();
        app.MapRaftDashboard("/raft", options => options.OperatorPolicy = "raft-operators")
            .RequireAuthorization("raft-readers");
        await app.StartAsync();

        using HttpClient http = new() { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, HttpMethod.Get, "/raft", null));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, HttpMethod.Get, "/raft", "reader"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, HttpMethod.Post, "/raft/leave", null));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, HttpMethod.Post, "/raft/leave", "reader"));
        // It has no form, which is looked at after the policy.
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, await StatusAsync(http, HttpMethod.Post, "/raft/leave", "operator"));
        await app.DisposeAsync();
    }

    // Their rights are looked at when a stream begins, so no stream may go on for ever.
    [Fact]
    public async Task Stream_of_a_user_ends_after_a_time_and_the_next_one_is_authorized_again()
    {
        ManualClock clock = new();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("shop", _ => { });
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, UserByHeader>("header", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("raft-readers", policy => policy.RequireAuthenticatedUser());
        await using var app = builder.Build();
        app.MapRaftDashboard("/raft").RequireAuthorization("raft-readers");
        await app.StartAsync();
        using HttpClient http = new() { BaseAddress = new Uri(app.Urls.Single()) };
        using var answer = await PageStream.SendAsync(http, "/raft", "reader");
        using var stream = await PageStream.ReadAsync(answer);
        Assert.StartsWith("data:", await stream.ReadLineAsync(), StringComparison.Ordinal);

        clock.Advance(TimeSpan.FromMinutes(11));

        await stream.ReadToEndAsync().WaitAsync(DashboardNode.Guard);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, HttpMethod.Get, "/raft", null));
    }

    [Fact]
    public async Task Dashboard_needs_one_line()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddAkka("shop", _ => { });
        await using var app = builder.Build();
        app.MapRaftDashboard("/raft");
        await app.StartAsync();

        using HttpClient http = new() { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Contains("0 groups.", await http.GetStringAsync("/raft"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, HttpMethod.Post, "/raft/leave", null));
    }

    [Fact]
    public async Task Values_of_a_group_are_shown_by_one_line()
    {
        var port = FreePorts.Next();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["RaftActors:Node"] = $"127.0.0.1:{port}",
            ["RaftActors:Roster:0"] = $"notes@127.0.0.1:{port}",
            ["RaftActors:Hocon"] = "raft { group = notes, quorum.allow-fewer-than-three = on }",
        });
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("shop", (akka, services) => akka.WithRaft(services).WithRaftActor<Notes>("notes"));
        await using var app = builder.Build();
        app.MapRaftDashboard("/raft", options => options.ShowValues<string>("notes", entry => entry.Value));
        await app.StartAsync();
        await using var client = RaftActors.Raft.Get(app.Services.GetRequiredService<ActorSystem>())
            .CreateClient<string, string>("notes");
        (await client.AppendAsync("first", "buy beer", DashboardNode.Guard)).OrThrow();

        using HttpClient http = new() { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Contains("data-label=\"Value\">buy beer</td>", await http.GetStringAsync("/raft/log/notes"), StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, HttpMethod method, string path, string? user)
    {
        using HttpRequestMessage request = new(method, path);
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (user is not null)
        {
            request.Headers.Add(UserByHeader.Header, user);
        }

        return (await http.SendAsync(request)).StatusCode;
    }
}
