using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Tests.Engine;

namespace RaftActors.Tests.Groups;

/// <summary>
/// A raft actor fails at each moment, under each directive of its supervisor. The process keeps its term, its vote, its entries and its
/// engine. The actor ends with the state that the group agreed on.
/// </summary>
public sealed class SupervisionTests : TestKit
{
    private readonly VirtualGroup _group;
    private readonly Fragile.Fuse _fuse = new();

    public SupervisionTests()
        : base(VirtualGroup.Config) => _group = new VirtualGroup(this);

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
        _group.AdvanceUntil("raft1", "state 1=a");
        Snap();
        Append("raft1", "b");
        _group.AdvanceUntil("raft1", "state 1=a 2=b");
        var (engine, before) = (_group.EngineOf("raft1"), HardState());

        Watch(_group.Actors["raft1"]);
        _fuse.Set(moment);
        Provoke(moment);
        _group.Advance(3);

        // The moment may belong to a life that this directive does not begin or end.
        if (!_fuse.HasBurnt)
        {
            _group.Actors["raft1"].Tell(new InvalidOperationException("another failure"));
            _group.Advance(3);
        }

        if (directive == Directive.Escalate && moment is (Moment.Constructor or Moment.PreStart))
        {
            // The guardian above stops an actor that cannot start.
            ExpectTerminated(_group.Actors["raft1"]);
            _group.StartGuarded("raft1", directive, _fuse);
        }

        _fuse.Set((Moment)(-1));
        Append("raft2", "d");
        if (directive == Directive.Resume && moment == Moment.HandleAppend)
        {
            // A resumed actor does not get the pair again that it failed in. A restarted actor does.
            _group.AdvanceUntil("raft1", "state 1=a 2=b 4=d");
            return;
        }

        _group.AdvanceUntil("raft1", "state 1=a 2=b 3=c 4=d");
        Assert.Equal(engine, _group.EngineOf("raft1"));
        Assert.Equal(1, _group.Stores["raft1"].Users);
        Assert.Equal(before, HardState());
    }

    [Fact]
    public void Actor_whose_next_life_cannot_be_constructed_stops_without_another_error()
    {
        Found(directive: null);
        var (actor, errors) = (_group.Actors["raft1"], CreateTestProbe());
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
            _group.Start(name, new RaftOptions<string>());
        }

        _group.AdvanceUntil("raft1", "leads");
        _group.Actors["raft1"].Tell(new Recorder.Append("poison", "a"), TestActor);
        _group.AdvanceUntil("raft1", "serial 1 poison=a");

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
        _group.AdvanceUntil("raft1", "state 1=a 2=b 3=c");
        if (moment == Moment.TakeSnapshot)
        {
            _group.Actors["raft1"].Tell(new Recorder.Snap());
        }
        else
        {
            _group.Actors["raft1"].Tell(new InvalidOperationException("a failure"));
        }
    }

    private void Snap()
    {
        _group.Actors["raft1"].Tell(new Recorder.Snap());
        _group.AdvanceUntil("raft1", "took 1");
    }

    private void Found(Directive? directive)
    {
        _group.StartGuarded("raft1", directive, _fuse);
        _group.Start("raft2", new RaftOptions<string>());
        _group.Start("raft3", new RaftOptions<string>());
        _group.AdvanceUntil("raft2", "led by raft1 at 0");
        _group.AdvanceUntil("raft3", "led by raft1 at 0");
    }

    private void Append(string name, string value)
    {
        // A long timeout: the supervisor restarts the actor in real time, while the test moves the clock.
        _group.Actors[name].Tell(new Recorder.Append("key", value, TimeSpan.FromHours(1)), ActorRefs.NoSender);
        _group.Advance(2);
    }

    // The term and vote on disk.
    private (Term Term, Member? VotedFor) HardState()
    {
        var state = _group.Stores["raft1"].HardState;
        return (state.Term, state.VotedFor);
    }
}
