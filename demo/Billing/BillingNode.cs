using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote;
using Akka.Remote.Hosting;
using Akka.Remote.Transport;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using RaftActors.Hosting;

namespace Billing;

/// <summary>One node: the application that a user writes. It needs no server beside its nodes.</summary>
internal static class BillingNode
{
    /// <summary>The number of nodes. The first three have the coordination group, and the fourth one is a client of it.</summary>
    public const int Count = 4;

    /// <summary>The line of a node that has started.</summary>
    public const string Started = "the node has started";

    private const int Shards = 12;

    // The adapter is for the command "cut" only.
    private const string Hocon =
        """
        akka { loglevel = OFF, stdout-loglevel = OFF }
        akka.remote.dot-netty.tcp.applied-adapters = ["trttl"]
        """;

    public static async Task<int> RunAsync(int number, int[] ports, string directory)
    {
        var roster = ports.Take(3).ToArray();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddAkka("billing", akka => akka
            .AddHocon(Hocon, HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", ports[number - 1])
            .WithClustering(new ClusterOptions
            {
                SeedNodes = [.. roster.Select(port => $"akka.trttl.tcp://billing@127.0.0.1:{port}")],
            })
            .WithRaft(new RaftNodeOptions
            {
                Nodes = [.. roster.Select(port => $"127.0.0.1:{port}")],
                StoreDirectory = Path.Combine(directory, $"node{number}"),
            })
            .WithRaftDowning()
            .WithRaftPersistence()
            .WithRaftReminders()
            .WithShardRegion<Account>(
                Account.Region,
                customer => Props.Create(() => new Account(customer)),
                HashCodeMessageExtractor.Create(Shards, AccountMessage.EntityOf),
                new ShardOptions { RememberEntities = true })
            .WithSingleton<Biller>("biller", (_, registry, _) =>
            {
                var accounts = registry.Get<Account>();
                return Props.Create(() => new Biller(accounts));
            })
            .WithActors((system, _) => system.ActorOf(Props.Create(() => new MemberPrinter(ports)), "members")));
        using var host = builder.Build();
        await host.StartAsync().ConfigureAwait(false);
        Console.WriteLine(Started);
        var system = host.Services.GetRequiredService<ActorSystem>();
        _ = Task.Run(() => ReadCommands(system, host));
        await host.WaitForShutdownAsync().ConfigureAwait(false);
        Console.WriteLine("the node has ended");
        return 0;
    }

    private static void ReadCommands(ActorSystem system, IHost host)
    {
        while (Console.ReadLine() is { } line)
        {
            if (line == "cut")
            {
                Cut(system);
            }
            else
            {
                RegisterLink.OnLine(line);
            }
        }

        // The launcher has ended.
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
    }

    // Drops all messages of Akka.Remote to and from this node. The connections of raft stay.
    private static void Cut(ActorSystem system)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        var transport = ((RemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Transport;
        foreach (var other in cluster.State.Members.Where(member => member.UniqueAddress != cluster.SelfUniqueAddress))
        {
            transport.ManagementCommand(
                new SetThrottle(other.Address, ThrottleTransportAdapter.Direction.Both, Blackhole.Instance));
        }
    }
}
