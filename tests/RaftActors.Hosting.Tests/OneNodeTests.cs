using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using TrialKit;

using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace RaftActors.Hosting.Tests;

/// <summary>One host with a group of one process.</summary>
public sealed class OneNodeTests
{
    private readonly int _port = FreePorts.Next();

    [Fact]
    public async Task Each_instance_has_a_scope_that_is_disposed_with_it()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        var first = await node.Lives.NextAsync();

        node.Counter.Tell(new InvalidOperationException("a restart"));
        var second = await node.Lives.NextAsync();
        await first.Disposed.WaitAsync(HostedNode.Guard);
        Assert.False(second.Disposed.IsCompleted);
        await node.StopAsync();

        await second.Disposed.WaitAsync(HostedNode.Guard);
        Assert.NotSame(first, second);
    }

    [Fact]
    public async Task Injected_client_calls_the_group_and_ends_with_the_services()
    {
        RaftClient<int, int> client;
        await using (var node = new HostedNode(_port, [_port], raft => raft.AddActor<Counter>("counter").AddClient<int, int>()))
        {
            await node.StartAsync();
            client = node.Services.GetRequiredService<RaftClient<int, int>>();

            Assert.Equal(5, (await client.AppendAsync("number", 5)).OrThrow().Result);
            Assert.Same(client, node.Services.GetRequiredService<RaftClient<int, int>>());
        }

        var late = Assert.IsType<Outcome<int>.NotCommitted>(await client.AppendAsync("number", 5));
        Assert.Equal(NotCommittedReason.Closed, late.Reason);
    }

    [Fact]
    public async Task Front_end_without_an_actor_calls_the_group_and_is_healthy()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        await using var frontEnd = new HostedNode(
            0,
            [],
            raft => raft.AddClient<int, int>().AddResultType(RaftCodec.Json<Price>()),
            ("RaftActors:Node", null),
            ("RaftActors:Hocon", null),
            ("RaftActors:Contacts:0", $"127.0.0.1:{_port}"));
        await frontEnd.StartAsync();
        var client = frontEnd.Services.GetRequiredService<RaftClient<int, int>>();

        Assert.Equal(5, (await client.AppendAsync("number", 5)).OrThrow().Result);
        foreach (var check in new[] { "raft-live", "raft-ready", "raft-at-risk" })
        {
            Assert.Equal(HealthStatus.Healthy, (await frontEnd.CheckAsync(check)).Status);
        }
    }

    [Fact]
    public async Task Front_end_without_contacts_does_not_start()
    {
        var frontEnd = new HostedNode(
            0, [], raft => raft.AddClient<int, int>(), ("RaftActors:Node", null), ("RaftActors:Hocon", null));

        var problem = await Assert.ThrowsAsync<RaftStartException>(frontEnd.StartAsync);

        Assert.StartsWith("RaftActors:Contacts is empty, and this host has no raft actor.", problem.Message);
    }

    [Fact]
    public async Task Pairs_survive_a_restart_of_the_host_with_a_store_directory()
    {
        using var folder = new TemporaryFolder();
        var directory = ("RaftActors:StoreDirectory", folder.Path);
        await using (var node = new HostedNode(_port, [_port], null, directory))
        {
            await node.StartAsync();
            await node.AddAsync(5);
        }

        await using var again = new HostedNode(_port, [_port], null, directory);
        await again.StartAsync();

        Assert.Equal(7, await again.AddAsync(2));
    }

    [Fact]
    public async Task Node_whose_actor_has_stopped_is_neither_live_nor_ready()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        await node.Counter.GracefulStop(HostedNode.Guard);

        var (live, ready) = (await node.CheckAsync("raft-live"), await node.CheckAsync("raft-ready"));

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (live.Status, ready.Status));
        Assert.Contains("has no actor", live.Description);
    }

    [Fact]
    public async Task Node_that_knows_no_leader_is_live_and_not_ready()
    {
        var others = FreePorts.Take(2);
        await using var node = new HostedNode(_port, [_port, .. others]);
        Assert.Equal("The raft actors have not started.", (await node.CheckAsync("raft-ready")).Description);

        await node.StartAsync();

        Assert.Equal(HealthStatus.Healthy, (await node.CheckAsync("raft-live")).Status);
        Assert.Equal(
            $"counter@127.0.0.1:{_port} of group default knows no leader.", (await node.CheckAsync("raft-ready")).Description);
    }

    [Fact]
    public async Task Log_of_the_actor_system_goes_to_the_application()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();

        node.Raft.System.Log.Warning("{0} seen by the host", "an entry");

        var entry = await node.Log.FindAsync(entry => entry.Text.Contains("an entry seen by the host"));
        Assert.Equal((40, LogLevel.Warning), (entry.Id, entry.Level));
    }

    [Fact]
    public async Task Actors_run_in_an_actor_system_of_another_owner_which_the_host_does_not_stop()
    {
        var system = ActorSystem.Create("other", ConfigurationFactory.ParseString(
            $"{HostedNode.FastHocon}\nraft {{ node = n, roster = [\"counter@n\"] }}"));
        await using (var node = new HostedNode(_port, [], raft => raft.UseActorSystem(_ => system).AddActor<Counter>("counter"), NoOptions))
        {
            system.StartRaftActors(node.Services);
            await node.StartAsync();
            Assert.Equal(4, await node.AddAsync(4));
        }

        Assert.False(system.WhenTerminated.IsCompleted);
        await system.Terminate().WaitAsync(HostedNode.Guard);
    }

    private sealed record Price(int Cents);

    // An existing system has a configuration of its own.
    private static (string Key, string? Value)[] NoOptions => [("RaftActors:Node", null), ("RaftActors:Hocon", null)];
}
