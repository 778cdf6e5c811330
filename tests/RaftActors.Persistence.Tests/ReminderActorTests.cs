using System.Globalization;

using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Persistence.Reminders;
using RaftActors.Persistence.State;
using RaftActors.Testing;

namespace RaftActors.Persistence.Tests;

/// <summary>What the group of reminders makes of each pair, in the order of the log.</summary>
public sealed class ReminderActorTests : TestKit
{
    private static readonly DateTimeOffset Noon = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TestProbe _asked;
    private readonly ScriptedGroup<ReminderCommand> _group;

    public ReminderActorTests()
    {
        _asked = CreateTestProbe();
        _group = new ScriptedGroup<ReminderCommand>(Sys, _asked, codec: ReminderCodec.Instance);
        Sys.ActorOf(
            Props.Create(() => new ReminderActor("reminders", TimeSpan.FromSeconds(10), bytes => bytes.ToArray())), "reminders");
        _group.Found();
    }

    [Fact]
    public void Answer_to_an_earlier_occurrence_or_an_earlier_reminder_of_the_key_changes_nothing()
    {
        Schedule("a", Noon, TimeSpan.FromHours(1));
        Schedule("a", Noon, TimeSpan.FromHours(1));
        _group.Commit("a", new ReminderCommand.Acknowledge(1, Noon), Noon);
        _group.Commit("a", new ReminderCommand.Acknowledge(2, Noon - TimeSpan.FromHours(1)), Noon);

        Assert.Equal(Noon, PlanOf("a").Due);
    }

    [Fact]
    public void Answer_ends_a_reminder_or_begins_its_next_period()
    {
        Schedule("once", Noon, every: null);
        Schedule("again", Noon, TimeSpan.FromHours(1));
        _group.Commit("once", new ReminderCommand.Acknowledge(1, Noon), Noon);
        _group.Commit("again", new ReminderCommand.Acknowledge(2, Noon), Noon + TimeSpan.FromMinutes(130));

        var plan = Assert.Single(Plans());
        Assert.Equal(("again", Noon + TimeSpan.FromHours(3), 2L), (plan.Key, plan.Value.Due, plan.Value.Number));
    }

    [Fact]
    public void Snapshot_has_all_reminders()
    {
        Schedule("a", Noon, TimeSpan.FromHours(1));
        Schedule("b", Noon + TimeSpan.FromDays(1), every: null);
        var state = Snapshot();
        _group.Commit("a", new ReminderCommand.Cancel());
        _group.SendSnapshot(new Serial(9), state);

        Assert.Equal(["a", "b"], Plans().Keys);
        var plan = PlanOf("a");
        Assert.Equal((Noon, TimeSpan.FromHours(1), "/user/x", 1L), (plan.Due, plan.Every, plan.To, plan.Number));
    }

    [Theory]
    [InlineData("12:00", "13:00")]
    [InlineData("12:59", "13:00")]
    [InlineData("13:00", "14:00")]
    [InlineData("17:30", "18:00")]
    [InlineData("11:00", "13:00")]
    public void Next_period_is_the_first_one_that_has_not_passed(string now, string next) => Assert.Equal(
        At(next), ReminderActor.NextDue(Noon, TimeSpan.FromHours(1), At(now)));

    // Without this, the answer would hold the actors of the group at its pair.
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(long.MaxValue / 3)]
    public void Period_that_ends_after_the_last_date_is_never_due_again(long ticks)
    {
        Schedule("a", Noon, new TimeSpan(ticks));
        _group.Commit("a", new ReminderCommand.Acknowledge(1, Noon), Noon);

        Assert.Equal(DateTimeOffset.MaxValue, PlanOf("a").Due);
    }

    // One that is cancelled makes room for one of two others.
    [Fact]
    public void Reminder_whose_key_has_no_room_is_refused()
    {
        var suffix = new string('\u4e00', ReminderActor.KeyLengthMax - 5);
        for (var i = 0; i < 60_000; i++)
        {
            Schedule($"{i:00000}{suffix}", Noon, every: null);
        }

        var count = Plans().Count;
        _group.Commit($"{0:00000}{suffix}", new ReminderCommand.Cancel());
        Schedule($"{70_000}{suffix}", Noon, every: null);
        Schedule($"{70_001}{suffix}", Noon, every: null);

        Assert.InRange(count, 50_000, 59_999);
        Assert.Equal(count, Plans().Count);
    }

    private static DateTimeOffset At(string time) =>
        new(DateTime.Parse($"2026-06-01T{time}", CultureInfo.InvariantCulture), TimeSpan.Zero);

    private void Schedule(string key, DateTimeOffset due, TimeSpan? every) =>
        _group.Commit(key, new ReminderCommand.Schedule(new Plan("/user/x", new byte[] { 1, 2 }, due, every)), Noon);

    private byte[] Snapshot()
    {
        _group.TakeSnapshot();
        return Assert.IsType<byte[]>(_asked.FishForMessage<FromActor<ReminderCommand>.Snapshot>(_ => true, Guard).State);
    }

    private Plan PlanOf(string key) => Plans()[key];

    private Dictionary<string, Plan> Plans() => Binary.Read(Snapshot(), reader =>
    {
        Dictionary<string, Plan> plans = [];
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            plans.Add(reader.ReadString(), ReminderCodec.ReadPlan(reader));
        }

        return plans;
    });
}
