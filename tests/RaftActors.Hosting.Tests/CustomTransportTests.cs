using Akka.Hosting;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RaftActors.Hosting.Tests;

/// <summary>A host whose actor system has a transport of the application, and no remoting.</summary>
public sealed class CustomTransportTests
{
    [Fact]
    public async Task Host_with_a_transport_and_without_remoting_appends()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("raft", akka => akka
            .AddHocon(
                """
                raft { transport = custom, node = n1, roster = ["adder@n1"], quorum.allow-fewer-than-three = on }
                akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
                """,
                HoconAddMode.Prepend)
            .WithActors((system, _) => Raft.Get(system).UseTransport(new NoNetwork()))
            .WithRaftActor<Adder>("adder"));
        builder.Services.AddRaftClient<int, int>();
        using var host = builder.Build();
        await host.StartAsync();

        var outcome = await host.Services.GetRequiredService<RaftClient<int, int>>().AppendAsync("number", 7, HostedNode.Guard);

        Assert.Equal(7, outcome.OrThrow().ResultOr(-1));
        await host.StopAsync();
    }

    private sealed class Adder : RaftActor<int, int>
    {
        private int _total;

        protected override int HandleAppend(Entry<int> entry) => _total += entry.Value;
    }

    // The only node of its group has none to send to.
    private sealed class NoNetwork : RaftTransport
    {
        protected internal override void Send(string node, ReadOnlyMemory<byte> message)
        {
        }
    }
}
