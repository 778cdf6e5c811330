using Akka.Actor;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using RaftActors.Dashboard.Pages;
using RaftActors.Dashboard.Sampling;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>The endpoints of one dashboard.</summary>
internal sealed class Dashboard
{
    private readonly IHostApplicationLifetime _life;
    private readonly Operators _operators;

    /// <exception cref="InvalidOperationException">The application has no actor system.</exception>
    public Dashboard(IServiceProvider services, RaftDashboardOptions options)
    {
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(ActorSystem)) == false)
        {
            throw new InvalidOperationException(
                "MapRaftDashboard needs an actor system, and the services have none. Call AddAkka and WithRaft before Build.");
        }

        _operators = new Operators(options.OperatorPolicy);
        Sampler = new(() => new Sampler(services.GetRequiredService<ActorSystem>(), options.Interval, [.. options.Groups]));
        _life = services.GetRequiredService<IHostApplicationLifetime>();

        // From the start on it remembers events. Only requests make it ask.
        _life.ApplicationStarted.Register(() => _ = Sampler.Value);
    }

    public Lazy<Sampler> Sampler { get; }

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern)
    {
        var group = endpoints.MapGroup(pattern);
        group.MapGet("", http => PageAsync(http, null, null, below: 0));
        group.MapGet("/groups/{name}", http => PageAsync(http, Name(http), null, below: 2));
        group.MapGet("/shards/{name}", http => PageAsync(http, null, Name(http), below: 2));
        group.MapGet("/events", EventsAsync);
        group.MapGet("/assets/dashboard.css", Asset.Css.SendAsync);
        group.MapGet("/assets/dashboard.js", Asset.Script.SendAsync);
        Changes changes = new(Sampler, _operators);
        group.MapPost("/transfer", changes.TransferAsync);
        group.MapPost("/join", changes.JoinAsync);
        group.MapPost("/leave", changes.LeaveAsync);
        return group;
    }

    // The last segment of the path as it was sent. Routing leaves an escaped slash as it is, and so would not tell it from the text %2F.
    private static string Name(HttpContext http)
    {
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }

    private async Task PageAsync(HttpContext http, string? group, string? shards, int below)
    {
        Headers.Add(http.Response);
        ViewKey key = new(RootPath.Of(http, below), group, shards, await _operators.AllowAsync(http));
        var sample = await Sampler.Value.TakeAsync(group);
        var isThere = group is null ? shards is null || sample.Shards.Any(each => each.Name == shards) : sample.Find(group) is not null;
        http.Response.StatusCode = isThere ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        http.Response.ContentType = "text/html; charset=utf-8";
        var what = group is not null ? $"?group={Uri.EscapeDataString(group)}"
            : shards is not null ? $"?shards={Uri.EscapeDataString(shards)}"
            : "";
        await http.Response.WriteAsync(Layout.Page(View.Of(sample, key), key, $"{key.Root}/events{what}"), http.RequestAborted);
    }

    private async Task EventsAsync(HttpContext http)
    {
        Headers.Add(http.Response);
        string? group = http.Request.Query["group"];
        ViewKey key = new(RootPath.Of(http, 1), group, http.Request.Query["shards"], await _operators.AllowAsync(http));
        using var listener = Sampler.Value.Listen(group);
        if (listener is null)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await http.Response.WriteAsync($"{Sampling.Sampler.ListenersMax} browsers listen already. Close some.", http.RequestAborted);
            return;
        }

        await EventStream.SendAsync(http, listener, key, _life.ApplicationStopping);
    }
}
