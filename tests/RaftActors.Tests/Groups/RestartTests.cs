namespace RaftActors.Tests.Groups;

/// <summary>A whole group restarts with its stores. Its terms, votes and acknowledged pairs are still there.</summary>
public sealed class RestartTests : NodesTest
{
    private static readonly string[] Names = ["raft1", "raft2", "raft3"];

    private readonly Dictionary<string, ScriptedStore> _stores = [];
    private readonly List<ActorSystem> _systems = [];

    // raft3's store is lost once, and its next incarnation is exchanged for the one that voted.
    [Fact]
    public void Process_whose_new_store_has_rejoined_is_not_refused_when_all_restart()
    {
        Found();
        Stop();
        _stores.Remove("raft3");
        var second = NewGroup();
        Names.ToList().ForEach(name => second.Start(name, new RaftOptions<string>()));
        second.Advance(400);
        var member = new Member(new ProcessName("raft3@node1"), _stores["raft3"].Recovered!.Incarnation);
        Stop();

        var third = NewGroup();
        var events = CreateTestProbe();
        _systems[^1].EventStream.Subscribe(events, typeof(RaftEvent.Refused));
        Names.ToList().ForEach(name => third.Start(name, new RaftOptions<string>()));
        third.Advance(100);

        Assert.Equal(member.Incarnation, _stores["raft3"].Recovered!.Incarnation);
        Assert.False(_stores["raft3"].Recovered!.IsNew);
        events.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Preload_goes_into_an_empty_store_only_and_pairs_of_the_log_that_differ_are_delivered()
    {
        var first = NewGroup();
        foreach (var name in Names)
        {
            first.Start(name, 2);
        }

        first.AdvanceUntil("raft1", "leads");
        Append(first, "raft1", "key3", "value3");
        Stop();

        var second = NewGroup();
        second.Start("raft1", 5);
        second.Start("raft2", ("key1", "value1"), ("key2", "another"));
        second.Start("raft3");

        second.AdvanceUntil("raft1", "serial 3 key3=value3");
        Assert.Contains("missing 2 .. 3", second.AdvanceUntil("raft2", "serial 3 key3=value3"));
        Assert.Contains("missing 1 .. 3", second.AdvanceUntil("raft3", "serial 3 key3=value3"));
        Assert.Equal(new Serial(3), second.StatusOf("raft1").Committed);
    }

    [Fact]
    public void Store_is_opened_once_and_closed_when_its_node_stops()
    {
        var first = Found();
        Assert.All(_stores.Values, store => Assert.Equal(1, store.Users));
        first.Actors["raft1"].Tell(new InvalidOperationException("a restart"));
        first.AdvanceUntil("raft1", "started");
        Assert.All(_stores.Values, store => Assert.Equal(1, store.Users));

        Stop();

        Assert.All(_stores.Values, store => Assert.Equal(0, store.Users));
    }

    private VirtualGroup Found()
    {
        var group = StartAll();
        group.AdvanceUntil("raft1", "leads");
        return group;
    }

    private VirtualGroup StartAll()
    {
        var group = NewGroup();
        foreach (var name in Names)
        {
            group.Start(name, new RaftOptions<string>());
        }

        return group;
    }

    private VirtualGroup NewGroup()
    {
        var config = VirtualGroup.Config.WithFallback("akka.loglevel = ERROR");
        _systems.Add(Own(ActorSystem.Create("restart", config)));
        return new VirtualGroup(this, _systems[^1], _stores);
    }

    private void Stop() => Assert.True(_systems[^1].Terminate().Wait(Guard));

    private Outcome<int> Append(VirtualGroup group, string name, string key, string value)
    {
        group.Actors[name].Tell(new Recorder.Append(key, value), TestActor);
        for (var ticks = 0; ticks < 100 && !HasMessages; ticks++)
        {
            group.Advance();
        }

        return ExpectMsg<Outcome<int>>().OrThrow();
    }
}
