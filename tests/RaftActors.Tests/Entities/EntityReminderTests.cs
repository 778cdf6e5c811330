using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

using VirtualTime;

namespace RaftActors.Tests.Entities;

/// <summary>The reminders of the entities of one shard in virtual time, whose group the test plays.</summary>
public sealed class EntityReminderTests : TestKit
{
    private readonly List<string> _handled = [];
    private readonly TestProbe _asked;
    private readonly ScriptedGroup<object?> _group;

    public EntityReminderTests()
        : base(
            """
            akka.loglevel = OFF
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            raft { node = "node1", roster = ["seats-0@node1"], quorum.allow-fewer-than-three = on }
            """)
    {
        _asked = CreateTestProbe();
        _group = new ScriptedGroup<object?>(Sys, _asked);
        Sys.ActorOf(Props.Create(() => new EntityShard<Seat, int>(new RaftShards("seats", 1).All[0], () => new Seat(_handled), null)));
        _group.BuildQuorum();
        _group.ElectActor();
    }

    [Fact]
    public void Entity_gets_its_command_when_the_reminder_is_due()
    {
        Commit("a", "reserve");
        Commit("b", "reserve");
        Commit("b", "pay");

        Advance();
        _group.Commit(_asked.ExpectMsg<FromActor<object?>.Append>(append => Assert.Equal("release", append.Value)));
        ExpectNothingDue();

        Assert.Equal(["a reserve", "b reserve", "b pay", "a release"], _handled);
    }

    [Fact]
    public void Command_that_fails_sets_no_reminder()
    {
        Commit("a", "reserve and fail");

        Advance();

        ExpectNothingDue();
    }

    [Fact]
    public void Reminders_of_which_one_is_refused_are_not_set()
    {
        Commit("a", "reserve with a wrong name");

        Advance();

        ExpectNothingDue();
    }

    [Fact]
    public void Entity_that_is_removed_has_no_reminder()
    {
        Commit("a", "reserve");
        Commit("a", "remove");

        Advance();

        ExpectNothingDue();
    }

    private void Commit(string id, string command)
    {
        _group.Commit(id, command);
        ExpectNothingDue();
    }

    private void Advance() => ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(10));

    // The state comes after all that the actor has asked for.
    private void ExpectNothingDue()
    {
        _group.TakeSnapshot();
        _asked.ExpectMsg<FromActor<object?>.Snapshot>();
    }

    private sealed class Seat(List<string> handled) : ReplicatedEntity<int, string>
    {
        protected override int NewState() => 0;

        protected override object? HandleCommand(string command)
        {
            handled.Add($"{Id} {command}");
            if (command.StartsWith("reserve"))
            {
                Remind("release", TimeSpan.FromSeconds(10), "release");
            }

            switch (command)
            {
                case "reserve and fail":
                    throw new InvalidOperationException("It fails.");
                case "reserve with a wrong name":
                    Remind("re\0lease", TimeSpan.FromSeconds(10), "release");
                    break;
                case "pay":
                    Forget("release");
                    break;
                case "remove":
                    Remove();
                    break;
            }

            return null;
        }
    }
}
