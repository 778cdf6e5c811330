namespace RaftActors.Tests.Actors;

/// <summary>The reminders of one actor. The value of a pair says what it sets.</summary>
public sealed class ReminderTests : VirtualActorTest<string>
{
    private readonly TestProbe _watcher;
    private readonly IActorRef _alarm;

    public ReminderTests()
        : base("alarm")
    {
        _watcher = CreateTestProbe();
        _alarm = Sys.ActorOf(Props.Create(() => new Alarm(_watcher)));
        Group.BuildQuorum();
    }

    [Fact]
    public void Former_leader_appends_nothing()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Group.ElectPeer();
        ExpectNothingAsked();
        Advance(100);

        ExpectNothingAsked();
    }

    [Fact]
    public void Leader_appends_the_pair_again_if_it_was_deposed_before_the_reminder_was_told()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Advance(60);
        ExpectDue("tea");
        Group.ElectPeer();
        ExpectNothingAsked();

        Group.ElectActor();

        ExpectDue("tea");
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
        ExpectNothingAsked();
    }

    [Fact]
    public void Reminder_that_is_never_due_holds_up_no_other_one()
    {
        Lead();
        Advance(1);
        Commit("never", "ever", "set");
        Commit("tea", "after 60", "set");
        Advance(60);

        ExpectDue("tea");
        ExpectNothingAsked();
    }

    [Fact]
    public void Reminder_of_more_than_a_day_is_not_told_before()
    {
        Lead();
        Commit("month", "after 2592000", "set");
        Advance(2_591_999);
        ExpectNothingAsked();
        Advance(1);

        ExpectDue("month");
    }

    [Fact]
    public void Pair_of_a_reminder_that_was_set_anew_meanwhile_tells_nothing()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Advance(60);
        var due = ExpectDue("tea");
        Commit("tea", "after 60", "set");

        Group.Commit(due);
        Group.Commit("end", "");

        Expect("nothing");
    }

    [Fact]
    public void Pair_that_was_not_appended_is_appended_later_and_no_callback_tells_its_end()
    {
        Lead();
        Commit("tea", "after 60", "set");
        Advance(60);
        Group.Cancel(ExpectDue("tea").Request, RaftFailure.NotDone(FailureReason.Busy, "busy"));
        Group.Commit("end", "");
        Expect("nothing");

        Advance(1);

        ExpectDue("tea");
    }

    [Theory]
    [InlineData("is handled")]
    [InlineData("is not appended")]
    public void Leader_tells_256_reminders_behind_its_own_Appends_and_the_next_one_when_one(string ends)
    {
        for (var number = 1; number <= 300; number++)
        {
            Commit($"{number}", "after 60", "set");
        }

        Commit("own", "append as a leader", "set");
        Advance(60);
        Group.ElectActor();
        Assert.Equal("own", Asked.ExpectMsg<FromActor<string>.Append>().Key);
        var first = Asked.ReceiveN(256).Cast<FromActor<string>.Append>().First();
        ExpectNothingAsked();

        if (ends == "is not appended")
        {
            Group.Cancel(first.Request, RaftFailure.NotDone(FailureReason.Busy, "busy"));
        }
        else
        {
            Group.Commit(first);
        }

        Assert.NotEqual(first.Key, Asked.ExpectMsg<FromActor<string>.Append>().Key);
        ExpectNothingAsked();
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
        Group.ElectActor();
        ExpectNothingAsked();
    }

    private void Commit(string name, string value, string told)
    {
        Group.Commit(name, value);
        Expect(told);
    }

    private FromActor<string>.Append ExpectDue(string name) =>
        Asked.ExpectMsg<FromActor<string>.Append>(append => Assert.Equal(name, append.Key));

    private void Expect(params string[] told)
    {
        foreach (var each in told)
        {
            _watcher.ExpectMsg(each);
        }
    }

    private sealed class Alarm : RaftActor<string, int>, IRaftSnapshot<string>
    {
        private readonly IActorRef _watcher;
        private bool _appendsAsLeader;

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
                case "append":
                    _appendsAsLeader = true;
                    _watcher.Tell("set");
                    break;
                case "ever":
                    Remind(entry.Key, TimeSpan.MaxValue, entry.Value);
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

        protected override void HandleLeader(Leader? leader)
        {
            if (_appendsAsLeader && leader is { IsSelf: true, IsReady: true })
            {
                Group.Append("own", "");
            }
        }

        protected override void HandleReminder(Entry<string> entry) => _watcher.Tell($"reminded of {entry.Key}: {entry.Value}");

        public string TakeSnapshot(Serial serial) => "";

        public void RestoreSnapshot(Serial serial, string state) => _watcher.Tell("restored");
    }
}
