using Akka.Cluster;

namespace RaftActors.Hosting.Tests;

/// <summary>The line of an application whose cluster the coordination group decides about.</summary>
public sealed class BootstrapTests
{
    [Fact]
    public async Task Node_without_seed_nodes_founds_its_cluster()
    {
        using var host = HostOf(new ClusterOptions());
        await host.StartAsync().WaitAsync(Guard);

        var up = new TaskCompletionSource();
        Cluster.Get(host.Services.GetRequiredService<ActorSystem>()).RegisterOnMemberUp(() => up.TrySetResult());

        await up.Task.WaitAsync(Guard);
        await host.StopAsync().WaitAsync(Guard);
    }

    [Fact]
    public async Task Start_refuses_seed_nodes_and_says_why()
    {
        var thrown = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            using var host = HostOf(new ClusterOptions { SeedNodes = ["akka.tcp://shop@10.0.0.1:2551"] });
            await host.StartAsync().WaitAsync(Guard);
        });

        Assert.Contains("akka.cluster.seed-nodes names akka.tcp://shop@10.0.0.1:2551.", $"{thrown}", StringComparison.Ordinal);
    }

    private static IHost HostOf(ClusterOptions options)
    {
        var port = FreePorts.Take(1)[0];
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("shop", akka => akka
            .AddHocon("akka { loglevel = OFF, stdout-loglevel = OFF }\nraft.quorum.allow-fewer-than-three = on", HoconAddMode.Prepend)
            .WithRemoting("127.0.0.1", port)
            .WithClustering(options)
            .WithRaft(new RaftNodeOptions { Nodes = [$"127.0.0.1:{port}"] })
            .WithRaftBootstrap());
        return builder.Build();
    }
}
