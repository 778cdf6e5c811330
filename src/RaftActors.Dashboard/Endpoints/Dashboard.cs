using Akka.Actor;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using RaftActors.Dashboard.Pages;

namespace RaftActors.Dashboard.Endpoints;

/// <summary>The endpoints of one dashboard.</summary>
internal sealed class Dashboard
{
    // The most characters in the name of a lock. The names of groups and shards are shorter.
    private const int NameMax = 1000;

    private readonly IHostApplicationLifetime _life;
    private readonly Operators _operators;
    private readonly TimeProvider _clock;

    /// <exception cref="InvalidOperationException">The application has no actor system.</exception>
    public Dashboard(IServiceProvider services, RaftDashboardOptions options)
    {
        if (services.GetService<IServiceProviderIsService>()?.IsService(typeof(ActorSystem)) == false)
        {
            throw new InvalidOperationException(
                "MapRaftDashboard needs an actor system, and the services have none. Call AddAkka and WithRaft before Build.");
        }

        _operators = new Operators(options.OperatorPolicy);
        Sampler = new(() => new Sampler(services.GetRequiredService<ActorSystem>(), options));
        _clock = services.GetService<TimeProvider>() ?? TimeProvider.System;
        _life = services.GetRequiredService<IHostApplicationLifetime>();

        // The sampler remembers events from the start on. It asks groups only for requests.
        _life.ApplicationStarted.Register(() => _ = Sampler.Value);
    }

    public Lazy<Sampler> Sampler { get; }

    public IEndpointConventionBuilder Map(IEndpointRouteBuilder endpoints, string pattern)
    {
        var group = endpoints.MapGroup(pattern);
        group.MapGet("", http => PageAsync(http, Subject.Overview, below: 0));
        group.MapGet("/groups/{name}", http => PageAsync(http, new(PageKind.Group, Name(http)), below: 2));
        group.MapGet("/shards/{name}", http => PageAsync(http, new(PageKind.Shards, Name(http)), below: 2));
        group.MapGet("/log/{name}", http => PageAsync(http, new(PageKind.Log, Name(http)), below: 2));
        group.MapGet("/coordination", http => PageAsync(http, OfCoordination(http.Request.Query["lock"]), below: 1));
        group.MapGet("/assets/dashboard.css", Asset.Css.SendAsync);
        group.MapGet("/assets/dashboard.js", Asset.Script.SendAsync);
        Changes changes = new(Sampler, _operators);
        group.MapPost("/transfer", changes.TransferAsync);
        group.MapPost("/join", changes.JoinAsync);
        group.MapPost("/leave", changes.LeaveAsync);
        group.MapPost("/break", changes.BreakAsync);
        return group;
    }

    // Takes the last segment of the path as it was sent. Routing keeps an escaped slash, and so would not distinguish it from the text
    // %2F.
    private static string Name(HttpContext http)
    {
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0].TrimEnd('/');
        return Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]);
    }

    // A lock is named by a query, because a browser would change a path that ends with the name "..".
    private static Subject OfCoordination(string? name) =>
        string.IsNullOrEmpty(name) ? new(PageKind.Coordination) : new(PageKind.Lock, name);

    private async Task PageAsync(HttpContext http, Subject subject, int below)
    {
        Headers.Add(http.Response);
        if (subject.Name?.Length > NameMax)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        ViewKey key = new(RootPath.Of(http, below), subject, await _operators.AllowAsync(http));
        if (http.Request.Headers.Accept == EventStream.Type)
        {
            await EventsAsync(http, key);
            return;
        }

        var view = View.Of(await Sampler.Value.TakeAsync(subject), key);
        http.Response.StatusCode = view.IsMissing ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        http.Response.ContentType = "text/html; charset=utf-8";
        await http.Response.WriteAsync(Layout.Page(view, key), http.RequestAborted);
    }

    private async Task EventsAsync(HttpContext http, ViewKey key)
    {
        using var listener = Sampler.Value.Listen(key.Subject, OwnerOf(http));
        if (listener is null)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await http.Response.WriteAsync(
                $"{Sampling.Sampler.ListenersMax} browsers listen already, most of them yours. Close some.", http.RequestAborted);
            return;
        }

        await EventStream.SendAsync(http, listener, key, _life.ApplicationStopping, _clock);
    }

    // The prefix keeps a user's name apart from an address.
    private static string OwnerOf(HttpContext http) => http.User.Identity is { IsAuthenticated: true, Name: { } name }
        ? $"user {name}"
        : $"{http.Connection.RemoteIpAddress}";
}
