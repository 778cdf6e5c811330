namespace RaftActors.Tests.Groups;

/// <summary>
/// A raft actor fails at each moment, under each directive of its supervisor. The process keeps its term, its vote, its entries and its
/// engine. The actor ends with the state that the group agreed on.
/// </summary>
public sealed class SupervisionTests : VirtualGroupTest
{
    private readonly Fragile.Fuse _fuse = new();

    public static TheoryData<Directive, Moment> Cases
    {
        get
        {
            var cases = new TheoryData<Directive, Moment>();
            foreach (var directive in Enum.GetValues<Directive>())
            {
                foreach (var moment in Enum.GetValues<Moment>())
                {
                    cases.Add(directive, moment);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Process_whose_actor_fails_forgets_nothing(Directive directive, Moment moment)
    {
        Found(directive);
        Append("raft1", "a");
        Group.AdvanceUntil("raft1", "state 1=a");
        Snap();
        Append("raft1", "b");
        Group.AdvanceUntil("raft1", "state 1=a 2=b");
        var (engine, before) = (Group.EngineOf("raft1"), HardState());

        Watch(Group.Actors["raft1"]);
        _fuse.Set(moment);
        Provoke(moment);
        Group.Advance(3);

        // The moment may belong to a life that this directive does not begin or end.
        if (!_fuse.HasBurnt)
        {
            Group.Actors["raft1"].Tell(new InvalidOperationException("another failure"));
            Group.Advance(3);
        }

        if (directive == Directive.Escalate && moment is (Moment.Constructor or Moment.PreStart))
        {
            // The guardian above stops an actor that cannot start.
            ExpectTerminated(Group.Actors["raft1"]);
            Group.StartGuarded("raft1", directive, _fuse);
        }

        _fuse.Set((Moment)(-1));
        Append("raft2", "d");
        if (directive == Directive.Resume && moment == Moment.HandleAppend)
        {
            // A resumed actor does not get the pair again that it failed in. A restarted actor does.
            Group.AdvanceUntil("raft1", "state 1=a 2=b 4=d");
            return;
        }

        Group.AdvanceUntil("raft1", "state 1=a 2=b 3=c 4=d");
        Assert.Equal(engine, Group.EngineOf("raft1"));
        Assert.Equal(1, Group.Stores["raft1"].Users);
        Assert.Equal(before, HardState());
    }

    [Fact]
    public void Actor_whose_next_life_cannot_be_constructed_stops_without_another_error()
    {
        Found(directive: null);
        var (actor, errors) = (Group.Actors["raft1"], CreateTestProbe());
        Sys.EventStream.Subscribe(errors, typeof(Error));
        Watch(actor);

        _fuse.Set(Moment.Constructor);
        actor.Tell(new InvalidOperationException("a failure"));
        ExpectTerminated(actor);

        errors.ExpectMsg<Error>(error => Assert.Equal("a failure", error.Cause.Message));
        errors.ExpectMsg<Error>(error => Assert.IsType<PostRestartException>(error.Cause));
        Assert.False(errors.HasMessages);
    }

    [Fact]
    public void Append_whose_pair_the_next_life_fetches_is_done_without_a_result()
    {
        foreach (var name in new[] { "raft1", "raft2", "raft3" })
        {
            Group.Start(name, new RaftOptions<string>());
        }

        Group.AdvanceUntil("raft1", "leads");
        Group.Actors["raft1"].Tell(new Recorder.Append("poison", "a"), TestActor);
        Group.AdvanceUntil("raft1", "serial 1 poison=a");

        ExpectMsg<Outcome<int>>(done => Assert.Equal(new Outcome<int> { Serial = new Serial(1), Request = done.Request }, done));
    }

    // Causes the moment: a pair for the callbacks of pairs, a failure for the others.
    private void Provoke(Moment moment)
    {
        if (moment == Moment.HandleAppend)
        {
            Append("raft2", "c");
            return;
        }

        Append("raft2", "c");
        Group.AdvanceUntil("raft1", "state 1=a 2=b 3=c");
        if (moment == Moment.TakeSnapshot)
        {
            Group.Actors["raft1"].Tell(new Recorder.Snap());
        }
        else
        {
            Group.Actors["raft1"].Tell(new InvalidOperationException("a failure"));
        }
    }

    private void Snap()
    {
        Group.Actors["raft1"].Tell(new Recorder.Snap());
        Group.AdvanceUntil("raft1", "took 1");
    }

    private void Found(Directive? directive)
    {
        Group.StartGuarded("raft1", directive, _fuse);
        Group.Start("raft2", new RaftOptions<string>());
        Group.Start("raft3", new RaftOptions<string>());
        Group.AdvanceUntil("raft2", "led by raft1 at 0");
        Group.AdvanceUntil("raft3", "led by raft1 at 0");
    }

    private void Append(string name, string value)
    {
        // A long timeout: the supervisor restarts the actor in real time, while the test moves the clock.
        Group.Actors[name].Tell(new Recorder.Append("key", value, TimeSpan.FromHours(1)), ActorRefs.NoSender);
        Group.Advance(2);
    }

    // The term and vote on disk.
    private (Term Term, Member? VotedFor) HardState()
    {
        var state = Group.Stores["raft1"].HardState;
        return (state.Term, state.VotedFor);
    }
}
