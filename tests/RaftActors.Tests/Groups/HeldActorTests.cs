namespace RaftActors.Tests.Groups;

/// <summary>An actor cannot apply a pair, on one process or on all. Its process goes on, and the actor too once it can.</summary>
public sealed class HeldActorTests : VirtualGroupTest
{
    private static readonly string[] Names = ["raft1", "raft2", "raft3"];

    private readonly Dictionary<string, Picky.Diet> _diets = Names.ToDictionary(name => name, _ => new Picky.Diet());

    [Fact]
    public void Log_of_an_actor_that_cannot_apply_a_pair_has_one_line_with_the_remedy_and_below_100_in_the_first_minute()
    {
        Found();
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(LogEvent));
        Poison("raft2", refusing: "raft3");
        ExpectTries("raft3", 3);
        for (var second = 0; second < 60; second++)
        {
            Group.Advance(TimeSpan.FromSeconds(1));
        }

        ExpectTries("raft3", 3);
        Group.AwaitIdle();
        List<LogEvent> events = [];
        while (log.HasMessages)
        {
            events.Add(log.ExpectMsg<LogEvent>());
        }

        var lines = events.Where(each => each is not Akka.Event.Debug).Sum(each => each.ToString()!.Split('\n').Length);
        Assert.InRange(lines, 6, 99);
        var remedies = events.Where(each => $"{each.Message}".Contains("Deploy a program that can"));
        Assert.Contains("its actor is held at serial 2, because HandleAppend fails.", $"{Assert.Single(remedies).Message}");
    }

    [Fact]
    public void Pair_that_no_process_can_apply_costs_no_election_and_the_group_goes_on_when_all_can()
    {
        Found();
        foreach (var name in Names)
        {
            _diets[name].Refused = "poison";
        }

        Append("raft2", "poison");
        Array.ForEach(Names, name => ExpectTries(name, 3));
        Group.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(("raft1@node1", 1), (StatusOf("raft3").Leader?.Value, StatusOf("raft3").Term));
        Array.ForEach(Names, name => Assert.Equal(new Serial(2), StatusOf(name).HeldAt?.Serial));
        Array.ForEach(Names, name => _diets[name].Refused = null);
        Group.Advance(DeliveryTries.LongestPause);
        Append("raft2", "b");
        Array.ForEach(Names, name => Watch(name, "state 1=a 2=poison 3=b"));
    }

    [Fact]
    public async Task Client_gets_the_result_from_a_process_whose_actor_is_not_held()
    {
        Found();
        Poison("raft2", refusing: "raft1");
        Group.AdvanceUntil("raft2", "leads");
        Group.Advance(3);
        await using var client = Raft.Get(Sys).CreateClient<string, int>();

        var outcome = client.AppendAsync("key", "b");
        Group.AdvanceUntil("raft2", "state 1=a 2=poison 3=b");
        Group.Advance(3);

        Assert.Equal(" 1=a 2=poison 3=b".Length, (await outcome.WaitAsync(Guard)).OrThrow().ResultOr(-1));
    }

    // raft1 leads, and all have one pair.
    private void Found(Directive? directive = null)
    {
        foreach (var name in Names)
        {
            Group.StartPicky(name, _diets[name], name == "raft3" ? directive : null);
        }

        Group.AdvanceUntil("raft1", "leads");
        Append("raft1", "a");
        Array.ForEach(Names, name => Group.AdvanceUntil(name, "state 1=a"));
        ExpectMsg<Outcome<int>>(Guard).OrThrow();
    }

    private void Poison(string from, string refusing)
    {
        _diets[refusing].Refused = "poison";
        Group.Actors[from].Tell(new Recorder.Append("key", "poison"), ActorRefs.NoSender);
        Group.Advance(3);
    }

    private void Append(string name, string value) => Append(name, new Recorder.Append("key", value));

    private void Append(string name, Recorder.Append append)
    {
        Group.Actors[name].Tell(append, TestActor);
        Group.Advance(3);
    }

    // A supervisor restarts an actor in real time.
    private void ExpectTries(string name, int count)
    {
        for (var left = count; left > 0; left--)
        {
            Watch(name, "try 2");
        }

        Group.AwaitIdle();
        while (Group.Watchers[name].HasMessages)
        {
            Assert.NotEqual("try 2", Group.Watchers[name].ExpectMsg<string>());
        }
    }

    private void Watch(string name, string expected) => Group.Watchers[name].FishForMessage<string>(what => what == expected, Guard);

    private RaftStatus StatusOf(string name) => Raft.Get(Sys).Processes.Single(process => process.Name.Process == name);
}
