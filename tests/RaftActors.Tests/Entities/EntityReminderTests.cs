using RaftActors.Tests.Actors;

namespace RaftActors.Tests.Entities;

/// <summary>The reminders of the entities of one shard.</summary>
public sealed class EntityReminderTests : VirtualActorTest<object?>
{
    private readonly List<string> _handled = [];

    public EntityReminderTests()
        : base("seats-0")
    {
        Sys.ActorOf(Props.Create(() => new EntityShard<Seat, int>(new RaftShards("seats", 1).All[0], () => new Seat(_handled), null)));
        Group.BuildQuorum();
        Group.ElectActor();
    }

    [Fact]
    public void Entity_gets_its_command_when_the_reminder_is_due()
    {
        Commit("a", "reserve");
        Commit("b", "reserve");
        Commit("b", "pay");

        Advance(10);
        Group.Commit(Asked.ExpectMsg<FromActor<object?>.Append>(append => Assert.Equal("release", append.Value)));
        ExpectNothingAsked();

        Assert.Equal(["a reserve", "b reserve", "b pay", "a release"], _handled);
    }

    // Snapshots have it, and the keys of pairs.
    [Fact]
    public void Reminder_of_an_entity_has_the_recorded_name() =>
        Assert.Equal("a\0hold", EntityReminder.Of("a", "hold", TimeSpan.Zero, default, null).Name);

    [Fact]
    public void Command_that_fails_sets_no_reminder()
    {
        Commit("a", "reserve and fail");

        Advance(10);

        ExpectNothingAsked();
    }

    [Fact]
    public void Reminders_of_which_one_is_refused_are_not_set()
    {
        Commit("a", "reserve with a wrong name");

        Advance(10);

        ExpectNothingAsked();
    }

    [Fact]
    public void Entity_that_is_removed_has_no_reminder()
    {
        Commit("a", "reserve");
        Commit("a", "remove");

        Advance(10);

        ExpectNothingAsked();
    }

    [Fact]
    public void Removal_forgets_no_reminder_of_an_entity_whose_id_begins_with_the_removed_one_and_a_zero()
    {
        Commit("a", "reserve");
        Commit("a\0b", "reserve");
        Commit("a", "remove");
        Advance(10);

        Assert.Equal("a\0b\0release", Asked.ExpectMsg<FromActor<object?>.Append>().Key);
        ExpectNothingAsked();
    }

    private void Commit(string id, string command)
    {
        Group.Commit(id, command);
        ExpectNothingAsked();
    }

    private sealed class Seat(List<string> handled) : ReplicatedEntity<int, string, object?>
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
