using System.Collections.Concurrent;

using RaftActors.Persistence;

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
        await first.Disposed.WaitAsync(Guard);
        Assert.False(second.Disposed.IsCompleted);
        await node.StopAsync();

        await second.Disposed.WaitAsync(Guard);
        Assert.NotSame(first, second);
    }

    [Fact]
    public async Task Scope_of_an_instance_is_collected_after_its_restart()
    {
        ConcurrentQueue<WeakReference> scopes = [];
        await using var node = new HostedNode(_port, [_port], null, services => services.AddScoped(_ =>
        {
            Scoped scoped = new();
            scopes.Enqueue(new(scoped));
            return scoped;
        }));
        await node.StartAsync();

        node.Counter.Tell(new InvalidOperationException("a restart"));
        await node.ReadAsync(); // Its answer comes from the second instance.
        await ForgetNextAsync(node);
        var second = await node.Lives.NextAsync();
        GC.Collect();

        Assert.Equal([null, second], scopes.Select(scope => scope.Target));
    }

    [Fact]
    public async Task Injected_client_calls_the_group_and_ends_with_the_services()
    {
        RaftClient<int, int> client;
        await using (var node = new HostedNode(_port, [_port], null, services => services.AddRaftClient<int, int>()))
        {
            await node.StartAsync();
            client = node.Services.GetRequiredService<RaftClient<int, int>>();

            Assert.Equal(5, (await client.AppendAsync("number", 5)).OrThrow().ResultOr(-1));
            Assert.Same(client, node.Services.GetRequiredService<RaftClient<int, int>>());
        }

        var late = (await client.AppendAsync("number", 5)).NotDone();
        Assert.Equal(FailureReason.Closed, late.Reason);
    }

    [Fact]
    public async Task Held_actor_is_a_risk_with_its_group_serial_and_exception_is_not_ready_and_lives()
    {
        await using var node = new HostedNode(_port, [_port], null, services => services.AddRaftClient<int, int>());
        await node.StartAsync();
        TaskCompletionSource<RaftEvent.Held> told = new(TaskCreationOptions.RunContinuationsAsynchronously);
        node.System.EventStream.Subscribe(node.System.ActorOf(Props.Create(() => new Listener(told))), typeof(RaftEvent.Held));

        var client = node.Services.GetRequiredService<RaftClient<int, int>>();
        var poison = client.AppendAsync("number", Counter.Poison);
        await told.Task.WaitAsync(Guard);
        var (risk, ready) = (await node.CheckAsync("raft-at-risk"), await node.CheckAsync("raft-ready"));

        Assert.Equal(HealthStatus.Degraded, risk.Status);
        Assert.Contains("of group counter has a held actor, whose HandleAppend fails at serial 1: ", risk.Description);
        Assert.Contains("InvalidDataException: no number", risk.Description);
        Assert.Equal(HealthStatus.Unhealthy, ready.Status);
        Assert.Equal(HealthStatus.Healthy, (await node.CheckAsync("raft-live")).Status);

        // Its Append would wait for its timeout.
        await client.DisposeAsync();
        (await poison).Unknown();
    }

    // A method of its own, because the variables of a method live until its end without optimizations.
    private static async Task ForgetNextAsync(HostedNode node) => await node.Lives.NextAsync();

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskCompletionSource<RaftEvent.Held> told) => Receive<RaftEvent.Held>(held => told.TrySetResult(held));
    }

    [Fact]
    public async Task Front_end_without_an_actor_calls_the_group_and_is_healthy()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        await using var frontEnd = new HostedNode(
            0,
            [],
            akka => akka.WithRaftSetup(raft => raft.AddResultType(RaftCodec.Json<Price>())),
            services => services.AddRaftClient<int, int>("counter"),
            ("RaftActors:Node", null),
            ("RaftActors:Hocon", null),
            ("RaftActors:Contacts:0", $"127.0.0.1:{_port}"));
        await frontEnd.StartAsync();
        var client = frontEnd.Services.GetRequiredService<RaftClient<int, int>>();

        Assert.Equal(5, (await client.AppendAsync("number", 5)).OrThrow().ResultOr(-1));
        foreach (var check in new[] { "raft-live", "raft-ready", "raft-at-risk" })
        {
            Assert.Equal(HealthStatus.Healthy, (await frontEnd.CheckAsync(check)).Status);
        }
    }

    [Fact]
    public async Task Front_end_without_contacts_does_not_start()
    {
        var frontEnd = new HostedNode(
            0, [], akka => { }, null, ("RaftActors:Node", null), ("RaftActors:Hocon", null));

        var problem = await Assert.ThrowsAsync<RaftStartException>(frontEnd.StartAsync);

        Assert.StartsWith("This node has no address. Call WithClustering or WithRemoting before WithRaft", problem.Message);
    }

    [Fact]
    public async Task Pairs_survive_a_restart_of_the_host_with_a_store_directory()
    {
        using var folder = new TemporaryFolder();
        var directory = ("RaftActors:StoreDirectory", folder.Path);
        await using (var node = new HostedNode(_port, [_port], configuration: directory))
        {
            await node.StartAsync();
            await node.AddAsync(5);
        }

        await using var again = new HostedNode(_port, [_port], configuration: directory);
        await again.StartAsync();

        Assert.Equal(7, await again.AddAsync(2));
    }

    [Fact]
    public async Task Node_whose_actor_has_stopped_is_neither_live_nor_ready()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        await node.Counter.GracefulStop(Guard);

        var (live, ready) = (await node.CheckAsync("raft-live"), await node.CheckAsync("raft-ready"));

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (live.Status, ready.Status));
        Assert.Contains("has no actor", live.Description);
    }

    [Fact]
    public async Task Founder_that_waits_for_the_others_is_live_and_not_ready_and_names_them()
    {
        var others = FreePorts.Take(2);
        await using var node = new HostedNode(_port, [_port, .. others]);
        Assert.Equal("The raft actors have not started.", (await node.CheckAsync("raft-ready")).Description);

        await node.StartAsync();

        Assert.Equal(HealthStatus.Healthy, (await node.CheckAsync("raft-live")).Status);
        var names = others.Select(port => $"counter@127.0.0.1:{port}").Order(StringComparer.Ordinal);
        Assert.Equal(
            $"counter@127.0.0.1:{_port} of group counter waits to found its group with {string.Join(", ", names)}. Start all of them, "
                + "each with the same roster.",
            (await node.CheckAsync("raft-ready")).Description);
    }

    [Fact]
    public async Task Client_in_an_actor_that_starts_before_the_raft_actors_is_filled_in_and_works()
    {
        TaskCompletionSource<int> answer = new();
        await using var node = new HostedNode(
            _port,
            [_port],
            akka => akka
                .WithActors((system, _, resolver) => system.ActorOf(resolver.Props<Caller>(answer)))
                .WithRaftActor<Counter>("counter"),
            services => services.AddRaftClient<int, int>());
        await node.StartAsync();

        Assert.Equal(7, await answer.Task.WaitAsync(Guard));
    }

    [Fact]
    public async Task Client_of_a_named_group_is_keyed_by_it()
    {
        await using var node = new HostedNode(
            _port,
            [_port],
            null,
            services => services.AddRaftClient<int, int>("votes"),
            ("RaftActors:Hocon", $"{HostedNode.Hocon}\nraft.group = votes"));
        await node.StartAsync();
        var client = node.Services.GetRequiredKeyedService<RaftClient<int, int>>("votes");

        Assert.Equal(3, (await client.AppendAsync("number", 3)).OrThrow().ResultOr(-1));
    }

    [Fact]
    public async Task Second_actor_is_of_a_group_of_its_own_with_its_own_options()
    {
        await using var node = new HostedNode(
            _port,
            [_port],
            akka => akka
                .WithRaftActor<Counter>("counter")
                .WithRaftActor<HostedNode, Counter>("other", new RaftGroupOptions { MaxQuorum = 5, Hocon = "raft.priority = 7" }),
            services => services.AddRaftClient<int, int>("counter").AddRaftClient<int, int>("other"));
        await node.StartAsync();
        var other = node.Services.GetRequiredKeyedService<RaftClient<int, int>>("other");

        Assert.Equal(3, (await node.Services.GetRequiredService<RaftClient<int, int>>().AppendAsync("number", 3)).OrThrow().Result);
        Assert.Equal(1, (await other.AppendAsync("number", 1)).OrThrow().Result);

        Assert.Equal(
            [("counter", 11), ("other", 5)],
            Raft.Get(node.System).Processes.Select(process => (process.Group, process.MaxQuorum ?? 0)));
        var unnamed = Assert.Throws<RaftConfigurationException>(() => Raft.Get(node.System).CreateClient<int, int>());
        Assert.Contains("because this node has 2 groups: counter, other. Name the group to CreateClient", unnamed.Message);
    }

    [Fact]
    public async Task Client_without_a_group_leaves_out_those_of_packages()
    {
        await using var node = new HostedNode(
            _port,
            [_port],
            akka => akka.WithRaftActor<Counter>("counter").WithRaftPersistence().WithRaftReminders(),
            services => services.AddRaftClient<int, int>());
        await node.StartAsync();
        _ = RaftPersistence.Get(node.System);

        Assert.Equal(["counter", "persistence-0", "reminders"], Raft.Get(node.System).Groups.Order());
        Assert.Equal("counter", Raft.Get(node.System).CreateClient<int, int>().Group);
    }

    [Fact]
    public async Task Options_of_an_actor_that_is_of_another_group_are_refused()
    {
        await using var node = new HostedNode(
            _port,
            [_port],
            akka => akka.WithRaftActor<Counter>("counter", new RaftGroupOptions { MaxQuorum = 5 }),
            configuration: ("RaftActors:Hocon", $"{HostedNode.Hocon}\nraft.group = votes"));

        var problem = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains("It is of the group 'votes', so the options of the group 'counter' would have no effect.", problem.Message);
    }

    [Theory]
    [InlineData("akka.loglevel = OFF", "Their HOCON sets 'akka', but a group has settings of raft alone.")]
    [InlineData("raft.node = a", "raft.groups.other.node is set, but it belongs to the whole node")]
    public async Task Setting_of_the_node_among_the_options_of_a_group_is_refused(string hocon, string why)
    {
        var problem = await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await using var node = new HostedNode(
                _port, [_port], akka => akka.WithRaftActor<Counter>("other", new RaftGroupOptions { Hocon = hocon }));
            await node.StartAsync();
        });

        Assert.Contains(why, problem.GetBaseException().Message);
    }

    [Fact]
    public async Task Name_of_the_node_and_its_role_come_from_remoting_and_cluster()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("shop", akka => akka
            .WithRemoting("127.0.0.1", _port)
            .WithClustering(new ClusterOptions { Roles = ["web"], SeedNodes = [$"akka.tcp://shop@127.0.0.1:{_port}"] })
            .WithRaft(new RaftNodeOptions { Nodes = [$"127.0.0.1:{_port}"], AllowFewerThanThree = true })
            .WithRaftActor<Till>("counter")
            .WithRaftSetup(raft => raft.UseJson(TillJson.Default)));
        using var host = builder.Build();
        await host.StartAsync().WaitAsync(Guard);

        var system = host.Services.GetRequiredService<ActorSystem>();
        Assert.Equal($"counter@127.0.0.1:{_port}", Assert.Single(Raft.Get(system).Processes).Name.Value);
        Assert.Equal(["raft", "web"], Akka.Cluster.Cluster.Get(system).SelfRoles.Order());
        await host.StopAsync().WaitAsync(Guard);
    }

    [Fact]
    public async Task Healthy_start_with_the_defaults_logs_no_warning()
    {
        using TemporaryFolder folder = new();
        await using var node = new HostedNode(_port, [_port], configuration: ("RaftActors:StoreDirectory", folder.Path));
        await node.StartAsync();
        await node.AddAsync(1);

        Assert.Empty(node.Log.ReadAll().Where(entry => entry.Level >= LogLevel.Warning).Select(entry => entry.Text));
    }

    private sealed record Price(int Cents);

    private sealed class Caller : ReceiveActor
    {
        public Caller(RaftClient<int, int> client, TaskCompletionSource<int> answer) =>
            client.AppendAsync("number", 7).ContinueWith(done => answer.SetResult(done.Result.OrThrow().ResultOr(-1)));
    }
}
