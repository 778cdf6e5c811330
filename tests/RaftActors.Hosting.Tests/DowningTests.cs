using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Hosting.SBR;
using Akka.Hosting;
using Akka.Remote.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

using RaftActors.Coordination;

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
            .WithRaft(new RaftNodeOptions { Roster = [$"any@127.0.0.1:{port}"] })
            .WithRaftDowning());
        using var host = builder.Build();
        await host.StartAsync().WaitAsync(HostedNode.Guard);

        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal("RaftDowningProvider", Akka.Cluster.Cluster.Get(system).DowningProvider.GetType().Name);

        await host.StopAsync().WaitAsync(HostedNode.Guard);
    }
}
