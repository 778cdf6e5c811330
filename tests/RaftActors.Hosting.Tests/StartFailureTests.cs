using Microsoft.Extensions.Configuration;

namespace RaftActors.Hosting.Tests;

/// <summary>A host that cannot start fails with a sentence that names the cause and the remedy.</summary>
public sealed class StartFailureTests
{
    private readonly int _port = FreePorts.Next();

    [Theory]
    [InlineData("Node", "nowhere", "RaftActors:Node is 'nowhere'. Set it to the address")]
    [InlineData("Roster:0", "counter", "RaftActors:Roster has 'counter'. Write process@node")]
    [InlineData("Contacts:0", "x", "RaftActors:Contacts has 'x'. Write host:port")]
    [InlineData("Joining", "sometimes", "RaftActors:Joining is 'sometimes', which cannot be read.")]
    [InlineData("Security:Cert", "x", "RaftActors:Security:Cert is unknown. The keys are Certificate")]
    [InlineData("MaxQuorum", "4", "RaftActors:MaxQuorum is wrong: raft.quorum.max is '4'; it must be 3, 5, 7, 9 or 11.")]
    [InlineData("Roster", "a@n:1", "RaftActors:Roster is 'a@n:1', but it has keys below it, such as RaftActors:Roster:0.")]
    [InlineData("Security", "on", "RaftActors:Security is 'on', but it has keys below it, such as RaftActors:Security:Certificate.")]
    [InlineData("StoreDirectory:Path", "/x", "RaftActors:StoreDirectory has keys below it, but it is one value.")]
    [InlineData("AppendTimeout", "5", "RaftActors:AppendTimeout is '5', which is no time. Write hours, minutes and seconds")]
    [InlineData("AppendTimeout", "5s", "RaftActors:AppendTimeout is '5s', which is no time.")]
    [InlineData("AppendTimeout", "00:00:99", "RaftActors:AppendTimeout is '00:00:99', which cannot be read.")]
    [InlineData("AppendTimeout", "00:00:00", "raft.append-timeout is '0ms'; it must be a time above zero, such as 500ms or 2s.")]
    [InlineData("SnapshotAfterBytes", "16MB", "RaftActors:SnapshotAfterBytes is '16MB', which cannot be read. Write a number in digits")]
    [InlineData("SnapshotAfterEntries", "2147483648", "RaftActors:SnapshotAfterEntries is '2147483648', which cannot be read.")]
    [InlineData("ElectionTimeout", "00:00:00.01", "RaftActors:ElectionTimeout is wrong: raft.tick-interval is '0.5ms'; it must be 1ms")]
    [InlineData("SessionTimeout", "01:00:00.001", "raft-coordination.session-timeout is '3600001ms'; it must be 1s to 1h.")]
    [InlineData("StoreDirectory", "", "RaftActors:StoreDirectory is '', which is no directory")]
    [InlineData("SnapshotAfterBytes", "0", "raft.snapshot.after-bytes is '0b'; it must be 1b or more.")]
    [InlineData("MemberTimeout", "00:00:01", "raft-coordination.member-timeout is '1000ms'; it must be 3s to 1h.")]
    [InlineData("Rooster", "x", "RaftActors:Rooster is unknown. The keys are Node, ")]
    public async Task Wrong_option_fails_the_start_and_is_named(string key, string value, string expected)
    {
        await using var node = new HostedNode(_port, [_port], configuration: ($"RaftActors:{key}", value));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains(expected, failure.Message);
    }

    [Theory]
    [InlineData("SnapshotAfterBytes", "0", "raft.snapshot.after-bytes is '0b'; it must be 1b or more.")]
    [InlineData("Rooster", "x", "RaftActors:Rooster is unknown. The keys are Node, ")]
    public async Task Bound_options_fail_the_start_before_the_actor_system_is_made(string key, string value, string expected)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration[$"RaftActors:{key}"] = value;
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("raft", (akka, services) => akka.WithRaft(services)
            .AddStartup((_, _) => Assert.Fail("The actor system was made.")));
        using var host = builder.Build();

        var failure = await Assert.ThrowsAsync<RaftStartException>(() => host.StartAsync());

        Assert.Contains(expected, failure.Message);
    }

    [Fact]
    public async Task Bound_options_are_those_of_the_node()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["RaftActors:Node"] = $":{_port}";
        builder.Configuration["RaftActors:AppendTimeout"] = "00:00:07";
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("raft", (akka, services) => akka.AddHocon(HostedNode.Hocon, HoconAddMode.Prepend).WithRaft(services));
        using var host = builder.Build();
        var system = host.Services.GetRequiredService<ActorSystem>();

        Assert.Equal("7000ms", system.Settings.Config.GetString("raft.append-timeout"));
        await system.Terminate().WaitAsync(Guard);
    }

    [Fact]
    public void Options_that_were_not_bound_are_refused_with_the_remedy()
    {
        using var services = new ServiceCollection().BuildServiceProvider();

        var akka = new AkkaConfigurationBuilder(new ServiceCollection(), "raft");
        var failure = Assert.Throws<RaftStartException>(() => akka.WithRaft(services));

        Assert.Contains("Call services.AddRaftOptions()", failure.Message);
    }

    [Fact]
    public async Task Wrong_setting_fails_the_start_with_its_message_and_without_a_stack_trace()
    {
        var wrong = ("RaftActors:Hocon", "raft.quorum { allow-fewer-than-three = on, max = 4 }");
        await using var node = new HostedNode(_port, [_port], configuration: wrong);

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.StartsWith("The raft actor 'counter' cannot start. ", failure.Message);
        Assert.Contains("raft.quorum.max", failure.Message);
    }

    [Theory]
    [InlineData("raft.group = ${missing}")]
    [InlineData("raft { roster = [a@b, c@d] }")]
    public async Task Hocon_that_cannot_be_parsed_fails_the_start_and_names_its_option(string hocon)
    {
        await using var node = new HostedNode(_port, [_port], configuration: ("RaftActors:Hocon", hocon));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.StartsWith("RaftActors:Hocon", failure.Message);
        Assert.IsType<RaftConfigurationException>(failure.InnerException);
    }

    [Fact]
    public async Task Missing_service_of_an_actor_fails_the_start_and_is_named()
    {
        await using var node = new HostedNode(_port, [_port], akka => akka.WithRaftActor<Needy>("counter"));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.StartsWith("The raft actor 'counter' cannot start. ", failure.Message);
        Assert.Contains(nameof(Uri), failure.Message);
    }

    [Fact]
    public async Task Locked_store_fails_the_start_of_the_second_host()
    {
        using var folder = new TemporaryFolder();
        var directory = ("RaftActors:StoreDirectory", folder.Path);
        await using var first = new HostedNode(_port, [_port], configuration: directory);
        await first.StartAsync();
        var other = FreePorts.Next();
        await using var second = new HostedNode(other, [other], configuration: directory);

        var failure = await Assert.ThrowsAsync<RaftStartException>(second.StartAsync);

        Assert.Contains(folder.Path, failure.Message);
        Assert.IsAssignableFrom<Storage.StoreException>(failure.InnerException);
    }

    [Fact]
    public async Task Port_of_another_host_fails_the_start()
    {
        await using var first = new HostedNode(_port, [_port]);
        await first.StartAsync();
        await using var second = new HostedNode(_port, [_port]);

        var failure = await Assert.ThrowsAsync<RaftStartException>(second.StartAsync);

        Assert.Equal(
            $"Cannot listen on 127.0.0.1:{_port}: the port is in use. Stop the process that has the port, or change RaftActors:Node.",
            failure.Message);
    }

    [Fact]
    public async Task Actor_that_is_no_raft_actor_fails_the_start()
    {
        await using var node = new HostedNode(_port, [_port], akka => akka.WithRaftActor<Forwarder>("counter"));

        var failure = await Assert.ThrowsAsync<ArgumentException>(node.StartAsync);

        Assert.Contains("Derive it from RaftActor<TValue, TResult>", failure.Message);
    }

    [Fact]
    public async Task Second_actor_of_a_type_needs_a_key_of_its_own()
    {
        await using var node = new HostedNode(
            _port, [_port], akka => akka.WithRaftActor<Counter>("counter").WithRaftActor<Counter>("other"));

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Contains("Use WithRaftActor<TKey, TActor>.", failure.Message);
    }

    [Fact]
    public async Task Clustering_after_raft_fails_the_start_with_the_remedy()
    {
        await using var node = new HostedNode(_port, [_port], akka => akka.WithRaftActor<Counter>("counter").WithClustering());

        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        Assert.Equal("WithClustering was called after WithRaft. Call it before WithRaft.", failure.Message);
    }

    [Fact]
    public async Task Failure_is_printed_once_and_without_a_stack_trace()
    {
        var wrong = ("RaftActors:Hocon", "raft.quorum { allow-fewer-than-three = on, max = 4 }");
        await using var node = new HostedNode(_port, [_port], configuration: wrong);
        var failure = await Assert.ThrowsAsync<RaftStartException>(node.StartAsync);

        // The log of Akka.Hosting and its line on the console have printed it.
        Assert.Equal("RaftStartException: the raft actors cannot start, as printed above.", failure.ToString());
    }

    // The actor tells of its failure before its constructor throws. The log of the supervisor would print it again, with all frames.
    [Fact]
    public async Task Failure_that_the_host_has_heard_of_before_the_constructor_ends_is_printed_by_the_host_alone()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        Func<Exception, bool>? fail = null;
        var failing = new PlannedActor("failing", null, (_, onFailed) =>
        {
            fail = onFailed;
            return Props.Create(() => new Misnamed());
        });

        var start = ActorStart.RunAsync(node.System, ActorRegistry.For(node.System), [failing]);
        var failure = await Assert.ThrowsAsync<RaftStartException>(() => start);

        Assert.True(fail!(failure.InnerException!)); // Justification: the start has made the recipe, and its failure has a cause.
        Assert.False(fail(new InvalidOperationException(failure.Message)));
    }

    [Fact]
    public async Task Start_fails_if_the_actor_system_is_terminated_meanwhile()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        using var released = new ManualResetEventSlim();
        var starting = new PlannedActor("starting", null, (_, _) => Props.Create(() => new Starting(released)));
        var start = ActorStart.RunAsync(node.System, ActorRegistry.For(node.System), [starting]);

        var terminated = node.System.Terminate();
        try
        {
            var failure = await Assert.ThrowsAsync<RaftStartException>(() => start.WaitAsync(Guard));

            Assert.StartsWith("The raft actors cannot start. The actor system was terminated meanwhile. ", failure.Message);
        }
        finally
        {
            released.Set();
        }

        await terminated;
    }

    [Fact]
    public async Task Start_fails_if_an_actor_stops_before_all_have_started()
    {
        await using var node = new HostedNode(_port, [_port]);
        await node.StartAsync();
        using var released = new ManualResetEventSlim(initialState: true);
        var events = node.Subscribe();
        var running = new PlannedActor("running", null, (_, _) => Props.Create(() => new Running($"running@127.0.0.1:{_port}")));
        var starting = new PlannedActor("starting", null, (_, _) => Props.Create(() => new Starting(released)));

        var start = ActorStart.RunAsync(node.System, ActorRegistry.For(node.System), [running, starting]);
        var told = await HostedNode.NextAsync<RaftEvent.Started>(events, told => told.Actor.Path.Name == "running");

        // The actor answers when it has told all subscribers of its start.
        await told.Actor.Ask<ActorIdentity>(new Identify(null), Guard);
        node.System.ActorSelection("/user/starting").Tell(PoisonPill.Instance);

        var failure = await Assert.ThrowsAsync<RaftStartException>(() => start.WaitAsync(Guard));
        Assert.Equal(
            "The raft actor 'starting' cannot start. It has stopped before its PreStart ended. The log has the cause.", failure.Message);
    }

    private sealed class Forwarder : ReceiveActor;

    /// <summary>Tells nothing of its start, and ends after all that watch it.</summary>
    private sealed class Starting(ManualResetEventSlim released) : ReceiveActor
    {
        protected override void PostStop() => released.Wait();
    }

    private sealed class Running(string process) : RaftActor<int>(new RaftOptions<int> { Group = "running", Roster = [process] })
    {
        protected override object? HandleAppend(Entry<int> entry) => null;
    }

    private sealed class Misnamed() : RaftActor<int>(new RaftOptions<int> { Group = "other", Roster = ["nowhere"] })
    {
        protected override object? HandleAppend(Entry<int> entry) => null;
    }

    private sealed class Needy : RaftActor<int>
    {
        public Needy(Uri nowhere) => Receive<string>(_ => Sender.Tell(nowhere));

        protected override object? HandleAppend(Entry<int> entry) => null;
    }
}
