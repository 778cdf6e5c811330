using Akka.Actor;
using Akka.Hosting;

using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

using RaftActors.Hosting;

namespace RaftActors.Dashboard.Tests;

/// <summary>
/// A web application with a raft node and three dashboards: <c>/raft</c> for all without changes, <c>/ops</c> with changes for the user
/// "operator", and <c>/closed</c> for users alone.
/// </summary>
internal sealed class DashboardNode : IAsyncDisposable
{
    // Longer than any step takes on a working machine.
    public static readonly TimeSpan Guard = TimeSpan.FromSeconds(60);

    public const string Operator = "operator";

    private readonly WebApplication _app;

    /// <param name="roster">The ports of the nodes that found the group of the counter.</param>
    /// <param name="akka">Adds raft actors. Null: adds the counter.</param>
    /// <param name="services">Adds services. Null: none.</param>
    /// <param name="options">Options of the first dashboard. Null: the defaults.</param>
    public DashboardNode(
        int port,
        int[] roster,
        Action<AkkaConfigurationBuilder>? akka = null,
        Action<IServiceCollection>? services = null,
        Action<RaftDashboardOptions>? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["RaftActors:Node"] = $"127.0.0.1:{port}",
            ["RaftActors:Hocon"] = FastHocon.Text
                + "raft { group = counter, change-timeout = 30s }\nakka.coordinated-shutdown.run-by-actor-system-terminate = off",
        });
        builder.Configuration.AddInMemoryCollection(roster.Select((each, i) =>
            KeyValuePair.Create($"RaftActors:Roster:{i}", (string?)$"counter@127.0.0.1:{each}")));
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("raft", (each, provider) =>
        {
            each.ConfigureLoggers(loggers => loggers.AddLoggerFactory()).WithRaft(provider);
            (akka ?? (more => more.WithRaftActor<Counter>("counter")))(each);
        });
        builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, UserByHeader>("header", null);
        builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireUserName(Operator));
        services?.Invoke(builder.Services);
        _app = builder.Build();
        _app.MapRaftDashboard("/raft", each =>
        {
            each.Interval = TimeSpan.FromMilliseconds(200);
            options?.Invoke(each);
        });
        _app.MapGroup("/deep").MapRaftDashboard("/ops", options => options.OperatorPolicy = "operators");
        _app.MapRaftDashboard("/closed").RequireAuthorization();
        _app.MapRaftDashboard("/wrong", options => options.OperatorPolicy = "misspelt");
    }

    /// <summary>The path of the dashboard with changes.</summary>
    public const string Ops = "/deep/ops";

    public ActorSystem System => _app.Services.GetRequiredService<ActorSystem>();

    public HttpClient Http { get; } = new();

    public IReadOnlyList<Endpoint> Endpoints => _app.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    public static async Task<DashboardNode[]> StartThreeAsync()
    {
        var ports = FreePorts.Take(3);
        DashboardNode[] nodes = [.. ports.Select(port => new DashboardNode(port, ports))];
        await Task.WhenAll(nodes.Select(node => node.StartAsync()));
        return nodes;
    }

    public async Task StartAsync()
    {
        await _app.StartAsync().WaitAsync(Guard);
        Http.BaseAddress = new Uri(_app.Urls.Single());
    }

    public Task StopAsync() => _app.StopAsync().WaitAsync(Guard);

    /// <summary>Ends the node as a crash does. Otherwise the last leader would look for a new one until its transfer ends.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await System.Terminate().WaitAsync(Guard);
        await _app.DisposeAsync();
    }
}
