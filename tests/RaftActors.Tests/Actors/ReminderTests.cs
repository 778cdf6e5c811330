using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

using RaftActors.Testing;

using VirtualTime;

namespace RaftActors.Tests.Actors;

/// <summary>The reminders of one actor in virtual time, whose group the test plays. The value of a pair says what it sets.</summary>
public sealed class ReminderTests : TestKit
{
    private readonly TestProbe _asked;
    private readonly TestProbe _watcher;
    private readonly ScriptedGroup<string> _group;
    private readonly IActorRef _alarm;

    public ReminderTests()
        : base(
            """
            akka.loglevel = OFF
            akka.scheduler.implementation = "VirtualTime.VirtualScheduler, RaftActors.Tests"
            raft { node = "node1", roster = ["alarm@node1"], quorum.allow-fewer-than-three = on }
            """)
    {
        _asked = CreateTestProbe();
        _watcher = CreateTestProbe();
        _group = new ScriptedGroup<string>(Sys, _asked);
        _alarm = Sys.ActorOf(Props.Create(() => new Alarm(_watcher)));
        _group.BuildQuorum();
    }

    [Fact]
    public void Leader_appends_a_pair_when_a_reminder_is_due_and_the_first_one_tells_it()
    {
        Lead();
        Commit("tea", "after 60", "set");

        Advance(59);
        ExpectNothingDue();
        Advance(1);
        var due = ExpectDue("tea");
        _group.Commit(due);
        _group.Commit(due);
        _group.Commit("end", "");

        Expect("reminded of tea: after 60", "nothing");
    }

    [Fact]
    public void Follower_appends_nothing_and_counts_for_the_time_when_it_leads()
    {
        _group.ElectPeer();
        Commit("tea", "after 60", "set");
        Commit("egg", "after 100", "set");
        Advance(90);
        ExpectNothingDue();

        _group.ElectActor();
        ExpectDue("tea");
        ExpectNothingDue();
        Advance(10);

        ExpectDue("egg");
    }

    [Fact]
    public void Former_leader_appends_nothing()
    {
        Lead();
        Commit("tea", "after 60", "set");
        _group.ElectPeer();
        ExpectNothingDue();
        Advance(100);

        ExpectNothingDue();
    }

    [Fact]
    public void Time_that_has_passed_is_due_at_once_and_one_to_come_is_not()
    {
        Lead();
        Commit("past", $"at {DateTimeOffset.UtcNow.AddHours(-1):O}", "set");
        Commit("future", $"at {DateTimeOffset.UtcNow.AddHours(1):O}", "set");
        Advance(0);

        ExpectDue("past");
        Advance(3600);
        ExpectNothingDue();
    }

    [Fact]
    public void Forgotten_reminder_is_not_told_and_one_that_is_set_anew_is_told_once_at_its_new_time()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Commit("egg", "after 60", "set");
        Commit("tea", "forget", "forgotten: True");
        Commit("tea", "forget", "forgotten: False");
        Commit("egg", "after 90", "set");

        Advance(60);
        ExpectNothingDue();
        Advance(30);

        ExpectDue("egg");
        ExpectNothingDue();
    }

    [Fact]
    public void Pair_of_a_reminder_that_was_set_anew_meanwhile_tells_nothing()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Advance(60);
        var due = ExpectDue("tea");
        Commit("tea", "after 60", "set");

        _group.Commit(due);
        _group.Commit("end", "");

        Expect("nothing");
    }

    [Fact]
    public void Pair_that_was_not_appended_is_appended_later_and_no_callback_tells_its_end()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Advance(60);
        _group.Cancel(ExpectDue("tea").Request, new CancelReason.NotCommitted(NotCommittedReason.Busy, "busy"));
        _group.Commit("end", "");
        Expect("nothing");

        Advance(1);

        ExpectDue("tea");
    }

    [Fact]
    public void Reminders_are_part_of_a_snapshot()
    {
        Lead();
        Commit("tea", "after 60", "set");
        ExpectNothingDue();

        _alarm.Tell("fail");
        Expect("restored");
        _alarm.Tell("outside");
        _watcher.ExpectMsg<string>();
        Advance(60);

        ExpectDue("tea");
    }

    [Theory]
    [InlineData("outside", "Remind was called outside of HandleAppend, HandleReminder and HandleUpgrade")]
    [InlineData("forget outside", "Forget was called outside of HandleAppend, HandleReminder and HandleUpgrade")]
    public void Call_outside_of_the_log_is_refused(string message, string problem)
    {
        _alarm.Tell(message);

        Assert.StartsWith(problem, _watcher.ExpectMsg<string>());
    }

    private void Lead()
    {
        _group.ElectActor();
        ExpectNothingDue();
    }

    private void Commit(string name, string value, string told)
    {
        _group.Commit(name, value);
        Expect(told);
    }

    private FromActor<string>.Append ExpectDue(string name) =>
        _asked.ExpectMsg<FromActor<string>.Append>(append => Assert.Equal(name, append.Key));

    // The state comes after all that the actor has asked for.
    private void ExpectNothingDue()
    {
        _group.TakeSnapshot();
        _asked.ExpectMsg<FromActor<string>.Snapshot>();
    }

    private void Expect(params string[] told)
    {
        foreach (var each in told)
        {
            _watcher.ExpectMsg(each);
        }
    }

    private void Advance(int seconds) => ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(seconds));

    private sealed class Alarm : RaftActor<string, int>, IRaftSnapshot<string>
    {
        private readonly IActorRef _watcher;

        public Alarm(IActorRef watcher)
        {
            _watcher = watcher;
            Receive<string>(message => watcher.Tell(Record.Exception(() =>
            {
                if (message == "outside")
                {
                    Remind("tea", TimeSpan.Zero, "");
                }
                else
                {
                    Forget("tea");
                }
            })?.Message ?? "no exception"), message => message != "fail");
            ReceiveAny(_ => throw new InvalidOperationException("It fails."));
        }

        protected override int HandleAppend(Entry<string> entry)
        {
            string[] words = entry.Value.Split(' ');
            switch (words[0])
            {
                case "after":
                    Remind(entry.Key, TimeSpan.FromSeconds(int.Parse(words[1])), entry.Value);
                    _watcher.Tell("set");
                    break;
                case "at":
                    Remind(entry.Key, DateTimeOffset.Parse(words[1]), entry.Value);
                    _watcher.Tell("set");
                    break;
                case "forget":
                    _watcher.Tell($"forgotten: {Forget(entry.Key)}");
                    break;
                default:
                    _watcher.Tell("nothing");
                    break;
            }

            return 0;
        }

        protected override void HandleReminder(Entry<string> entry) => _watcher.Tell($"reminded of {entry.Key}: {entry.Value}");

        public string TakeSnapshot(Serial serial) => "";

        public void RestoreSnapshot(Serial serial, string state) => _watcher.Tell("restored");
    }
}
