using Akka.Hosting;

using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using RaftActors.Hosting;

namespace RaftActors.Coordination.Adapters.Tests;

/// <summary>
/// Three applications whose nodes have the coordination group. They start and end with the tests that use them, and end as by a crash.
/// </summary>
public sealed class Hosts : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>The tests of this collection use the same applications.</summary>
    public const string Shared = "hosts";

    private readonly List<IHost> _all = [];

    public Hosts()
    {
        var ports = FreePorts.Take(3);
        _all.AddRange(ports.Select(port => Build(port, ports)));
    }

    public Task InitializeAsync() => Task.WhenAll(_all.Select(host => host.StartAsync())).WaitAsync(Guard);

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_all.Select(host => host.Services.GetRequiredService<ActorSystem>().Terminate())).WaitAsync(Guard);
        _all.ForEach(host => host.Dispose());
    }

    ValueTask IAsyncDisposable.DisposeAsync() => new(DisposeAsync());

    public T Get<T>(int node)
        where T : notnull => _all[node].Services.GetRequiredService<T>();

    /// <summary>Ends the actor system of a node as a crash does: it tells nobody.</summary>
    public Task CrashAsync(int node) => Get<ActorSystem>(node).Terminate();

    public static void AddNode(IServiceCollection services, int port, int[] ports) => services.AddAkka("shop", akka => akka
        .AddHocon(
            """
            akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.run-by-actor-system-terminate = off }
            raft.discovery-interval = 100ms
            raft-coordination { session-timeout = 2s, renew-interval = 200ms }
            """,
            HoconAddMode.Prepend)
        .WithRaft(new RaftNodeOptions { Node = $"127.0.0.1:{port}", Roster = [.. ports.Select(each => $"shop@127.0.0.1:{each}")] })
        .WithRaftCoordination());

    private static IHost Build(int port, int[] ports)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        AddNode(builder.Services, port, ports);
        builder.Services.AddRaftCoordination().AddRaftDistributedLocks();
        builder.Services.AddDataProtection().SetApplicationName("shop").PersistKeysToRaft();
        return builder.Build();
    }
}

[CollectionDefinition(Hosts.Shared)]
public sealed class HostsCollection : ICollectionFixture<Hosts>;
