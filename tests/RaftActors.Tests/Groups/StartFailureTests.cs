namespace RaftActors.Tests.Groups;

/// <summary>The event for the host of an actor that cannot start.</summary>
public sealed class StartFailureTests : TestKit
{
    public StartFailureTests()
        : base(VirtualGroup.Config) => Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

    [Fact]
    public void Actor_that_is_in_no_roster_fails_to_start()
    {
        Fail("outsider");

        var failed = ExpectFailure("default", "outsider@node1", "'outsider@node1' is not in the roster");
        Assert.Contains("If the group runs already, set raft.joining = on or auto here", failed.Message);
    }

    // Akka logs an unhandled message with the exception and all of its frames.
    [Fact]
    public void Event_of_a_failed_start_is_no_unhandled_message()
    {
        Fail("outsider");
        ExpectFailure("default", "outsider@node1", "'outsider@node1' is not in the roster");
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        var name = new ProcessName("outsider@node1");
        Sys.EventStream.Publish(new RaftEvent.StartFailed("default", name, new RaftConfigurationException("no")));
        Sys.ActorSelection("/system/raft").Tell(new Identify(1), TestActor);

        ExpectMsg<RaftEvent.StartFailed>();
        ExpectMsg<ActorIdentity>();
    }

    [Fact]
    public void Actor_whose_store_cannot_be_opened_fails_to_start()
    {
        var store = new ScriptedStore { OpeningFailure = new StoreException("The disk is not there. Mount it.") };

        Fail("raft1", new RaftOptions<string> { Group = "orders", Store = () => store });

        ExpectFailure("orders", "raft1@node1", "The disk is not there. Mount it.");
    }

    [Fact]
    public void Store_that_fails_before_the_actor_is_made_is_logged_without_a_stack_trace()
    {
        var store = new ScriptedStore { OpeningFailure = new StoreException("The disk is not there. Mount it.") };
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        Sys.ActorOf(Props.Create(() => new Late(Sys.DeadLetters, new RaftOptions<string> { Store = () => store })), "raft1");

        var error = (Error)FishForMessage(told => told is Error);
        Assert.Contains("The disk is not there. Mount it.", error.Message.ToString());
        Assert.DoesNotContain("   at ", error.ToString());
    }

    [Fact]
    public void Wrong_setting_is_logged_without_a_stack_trace()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, null)), "outsider");

        var error = (Error)FishForMessage(told => told is Error);
        Assert.Contains("'outsider@node1' is not in the roster", error.Message.ToString());
        Assert.DoesNotContain("   at ", error.ToString());
    }

    [Fact]
    public void Second_actor_of_a_process_is_logged_without_a_stack_trace()
    {
        Sys.ActorOf(Props.Create(() => new Recorder(TestActor, null)), "raft1");
        FishForMessage(told => told is "started");
        Sys.EventStream.Subscribe(TestActor, typeof(Error));

        Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, new RaftOptions<string> { Name = "raft1" })), "other");

        var error = (Error)FishForMessage(told => told is Error);
        Assert.Contains("is the actor akka://test/user/raft1 already", error.Message.ToString());
        Assert.DoesNotContain("   at ", error.ToString());
    }

    [Fact]
    public void Shard_that_fails_to_start_is_told_with_its_group_and_its_process_though_its_actor_has_another_name()
    {
        Fail("actor", new RaftOptions<string> { Shard = new RaftShards("visits", 2).All[1] });

        ExpectFailure("visits-1", "visits-1@node1", "The roster has two processes of the node");
    }

    private Exception ExpectFailure(string group, string process, string problem)
    {
        var failed = ExpectMsg<RaftEvent.StartFailed>();
        Assert.Equal((group, new ProcessName(process)), (failed.Group, failed.Process));
        Assert.Contains(problem, failed.Cause.Message);
        return failed.Cause;
    }

    private void Fail(string name, RaftOptions<string>? options = null) =>
        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, options)), name));

    // Its constructor ends after the opening of its store.
    private sealed class Late : Recorder
    {
        public Late(IActorRef watcher, RaftOptions<string> options)
            : base(watcher, options) =>
            SpinWait.SpinUntil(() => RaftActors.Raft.Get(Context.System).Processes.Any(process => process.Failure is not null));
    }
}

/// <summary>The same on a node whose name is its address.</summary>
public sealed class AddressedNodeTests() : TestKit(ConfigurationFactory.ParseString(Roster).WithFallback(RemoteNode.Network))
{
    private const string Roster = "raft { group = default, roster = [\"raft1@node:1\"] }";

    [Fact]
    public void Actor_that_fails_to_start_is_told_with_the_address_as_its_node()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));
        var address = ((ExtendedActorSystem)Sys).Provider.DefaultAddress;

        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, null)), "raft1"));

        var failed = ExpectMsg<RaftEvent.StartFailed>();
        Assert.Equal(new ProcessName($"raft1@127.0.0.1:{address.Port}"), failed.Process);
        Assert.Contains("is not in the roster", failed.Cause.Message);
    }
}

/// <summary>The same on a node that asks for its place by itself, and cannot.</summary>
public sealed class UnableJoinerTests()
    : TestKit(ConfigurationFactory.ParseString("raft { joining = auto, client.contacts = [nowhere] }").WithFallback(VirtualGroup.Config))
{
    [Fact]
    public void Actor_that_would_join_by_wrong_contacts_fails_to_start()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, null)), "raft4"));

        Assert.Contains("raft.client.contacts", ExpectMsg<RaftEvent.StartFailed>().Cause.Message);
    }
}

/// <summary>The same on a node without a name.</summary>
public sealed class NamelessNodeTests : TestKit
{
    [Fact]
    public void Actor_of_a_node_without_a_name_fails_to_start()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, null)), "raft1"));

        var failed = ExpectMsg<RaftEvent.StartFailed>();
        Assert.Equal(("raft1", new ProcessName("raft1@?")), (failed.Group, failed.Process));
        Assert.Contains("This node has no name. Set raft.node", failed.Cause.Message);
    }
}

/// <summary>The same on a node whose roster lacks its port.</summary>
public sealed class PortlessRosterTests : TestKit
{
    public PortlessRosterTests()
        : base(ConfigurationFactory.ParseString("raft { node = \"127.0.0.1:2551\", nodes = [\"127.0.0.1\", \"127.0.0.2\"] }"))
    {
    }

    [Fact]
    public void Roster_without_ports_is_told_as_such()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RaftEvent));

        EventFilter.Exception<ActorInitializationException>()
            .ExpectOne(() => Sys.ActorOf(Props.Create(() => new Recorder(Sys.DeadLetters, null)), "raft1"));

        var cause = ExpectMsg<RaftEvent.StartFailed>().Cause;
        Assert.Contains("'raft1@127.0.0.1', which lacks the port of 'raft1@127.0.0.1:2551'. Name each node as host:port.", cause.Message);
    }
}
