using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace RaftActors.Hosting.Tests;

/// <summary>A generic host with one counter, which listens on a port of 127.0.0.1.</summary>
internal sealed class HostedNode : IAsyncDisposable
{
    public const string Hocon = $"{FastHocon.Text}akka.coordinated-shutdown.phases.before-cluster-shutdown.timeout = 20s";

    private readonly IHost _host;
    private bool _hasStarted;

    /// <param name="add">Null: adds the counter.</param>
    /// <param name="services">Adds services that start before Akka, and stop after it. Null: none.</param>
    /// <param name="configuration">Keys of the application's configuration, over those of the node.</param>
    public HostedNode(
        int port,
        int[] nodes,
        Action<AkkaConfigurationBuilder>? add = null,
        Action<IServiceCollection>? services = null,
        params (string Key, string? Value)[] configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["RaftActors:Node"] = $"127.0.0.1:{port}",
            ["RaftActors:Hocon"] = Hocon,
        });
        builder.Configuration.AddInMemoryCollection(nodes.Select((each, i) =>
            KeyValuePair.Create($"RaftActors:Nodes:{i}", (string?)$"127.0.0.1:{each}")));
        builder.Configuration.AddInMemoryCollection(configuration.Select(each => KeyValuePair.Create(each.Key, each.Value)));
        builder.Logging.AddProvider(Log);
        builder.Services.AddScoped<Scoped>();
        builder.Services.AddSingleton<Lives>();
        builder.Services.AddHealthChecks();
        services?.Invoke(builder.Services);
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("raft", (akka, provider) =>
        {
            akka.ConfigureLoggers(loggers => loggers.AddLoggerFactory()).WithRaft(provider).WithRaftHealthChecks();
            (add ?? (each => each.WithRaftActor<Counter>("counter")))(akka);
        });
        _host = builder.Build();
    }

    public RecordedLog Log { get; } = new();

    public IServiceProvider Services => _host.Services;

    public ActorSystem System => Services.GetRequiredService<ActorSystem>();

    public IActorRef Counter => Services.GetRequiredService<IRequiredActor<Counter>>().ActorRef;

    public Lives Lives => Services.GetRequiredService<Lives>();

    public async Task StartAsync()
    {
        await _host.StartAsync().WaitAsync(Guard);
        _hasStarted = true;
    }

    public Task StopAsync() => _host.StopAsync().WaitAsync(Guard);

    public async Task<int> AddAsync(int number)
    {
        var outcome = await Counter.Ask<Outcome<int>>(number, Guard);
        return outcome.OrThrow().ResultOr(-1);
    }

    /// <summary>Reads the total after all committed pairs. Then the actor has them.</summary>
    public async Task<int> ReadAsync()
    {
        var outcome = await Counter.Ask<Outcome<object?>>(new Counter.Read(), Guard);
        return (int)outcome.Result!; // Justification: the actor answers with a number.
    }

    public async Task<HealthReportEntry> CheckAsync(string name)
    {
        var report = await Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(each => each.Name == name);
        return Assert.Single(report.Entries).Value;
    }

    /// <summary>The events of this node from now on.</summary>
    public ChannelReader<RaftEvent> Subscribe()
    {
        var events = Channel.CreateUnbounded<RaftEvent>();
        var writer = events.Writer;
        var subscriber = System.ActorOf(Props.Create(() => new Forwarder(writer)));
        System.EventStream.Subscribe(subscriber, typeof(RaftEvent));
        return events.Reader;
    }

    /// <summary>Waits for such an event, and skips those before it.</summary>
    public static async Task<TEvent> NextAsync<TEvent>(ChannelReader<RaftEvent> events, Predicate<TEvent> isExpected)
        where TEvent : RaftEvent
    {
        using var guard = new CancellationTokenSource(Guard);
        while (true)
        {
            if (await events.ReadAsync(guard.Token) is TEvent told && isExpected(told))
            {
                return told;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // A host that was never started cannot be stopped.
        await (_hasStarted ? StopAsync() : Task.CompletedTask);
        _host.Dispose();
    }

    private sealed class Forwarder : ReceiveActor
    {
        public Forwarder(ChannelWriter<RaftEvent> events) => Receive<RaftEvent>(told => { events.TryWrite(told); });
    }
}
