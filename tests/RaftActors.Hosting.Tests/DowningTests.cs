using Akka.Cluster.Hosting.SBR;

namespace RaftActors.Hosting.Tests;

/// <summary>The line of an application that lets the coordination group down its members.</summary>
public sealed class DowningTests
{
    [Fact]
    public async Task Downing_by_the_group_takes_the_place_of_a_split_brain_resolver()
    {
        var port = FreePorts.Take(1)[0];
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("shop", akka => akka
            .AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF }", HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", port)
            .WithClustering(new ClusterOptions { SplitBrainResolver = new KeepMajorityOption() })
            .WithRaft(new RaftNodeOptions { Nodes = [$"127.0.0.1:{port}"] })
            .WithRaftDowning());
        using var host = builder.Build();
        await host.StartAsync().WaitAsync(Guard);

        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal("RaftDowningProvider", Akka.Cluster.Cluster.Get(system).DowningProvider.GetType().Name);

        await host.StopAsync().WaitAsync(Guard);
    }

    [Fact]
    public async Task Settings_of_the_cluster_fit_the_downing_unless_the_application_sets_them()
    {
        using var host = HostOf(akka => akka
            .AddHocon(
                """
                akka.cluster.gossip-interval = 1s
                akka.cluster.singleton.lease-retry-interval = 5s
                akka.cluster.sharding { use-lease = "", retry-interval = 2s }
                """,
                HoconAddMode.Append)
            .WithClustering(new ClusterOptions { FailureDetector = new() { AcceptableHeartbeatPause = TimeSpan.FromSeconds(3) } })
            .WithRaftDowning());
        var system = host.Services.GetRequiredService<ActorSystem>();

        // These are the defaults of Akka.NET, too, and the application wins nevertheless.
        var cluster = system.Settings.Config.GetConfig("akka.cluster");
        Assert.Equal(TimeSpan.FromSeconds(1), cluster.GetTimeSpan("gossip-interval"));
        Assert.Equal(TimeSpan.FromSeconds(5), cluster.GetTimeSpan("singleton.lease-retry-interval"));
        Assert.Equal(TimeSpan.FromSeconds(2), cluster.GetTimeSpan("sharding.retry-interval"));
        Assert.Equal(TimeSpan.FromSeconds(3), cluster.GetTimeSpan("failure-detector.acceptable-heartbeat-pause"));
        Assert.Equal("", cluster.GetString("sharding.use-lease"));

        var fitting = RaftCoordination.ClusterConfig().GetConfig("akka.cluster");
        Assert.Equal(Show(fitting, "failure-detector.heartbeat-interval"), Show(cluster, "failure-detector.heartbeat-interval"));
        Assert.Equal(Show(fitting, "singleton.use-lease"), Show(cluster, "singleton.use-lease"));
        Assert.Equal(Show(fitting, "sharding.handoff-timeout"), Show(cluster, "sharding.handoff-timeout"));
        await system.Terminate().WaitAsync(Guard);

        static string Show(Akka.Configuration.Config config, string path) => config.GetString(path);
    }

    [Fact]
    public async Task Singletons_of_a_downed_member_wait_for_their_lease_alone()
    {
        using var host = HostOf(akka => akka.WithClustering().WithRaftDowning());
        var system = host.Services.GetRequiredService<ActorSystem>();

        Assert.Equal(TimeSpan.Zero, Akka.Cluster.Cluster.Get(system).DowningProvider.DownRemovalMargin);

        await system.Terminate().WaitAsync(Guard);
    }

    private static IHost HostOf(Action<AkkaConfigurationBuilder> add)
    {
        var port = FreePorts.Take(1)[0];
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("shop", akka => add(akka
            .AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF }", HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", port)
            .WithRaft(new RaftNodeOptions { Nodes = [$"127.0.0.1:{port}"] })));
        return builder.Build();
    }
}
