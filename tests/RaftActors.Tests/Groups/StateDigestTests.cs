namespace RaftActors.Tests.Groups;

/// <summary>Actors come to different results or states, and all processes notice.</summary>
public sealed class StateDigestTests : VirtualGroupTest
{
    private static readonly string[] Names = ["raft1", "raft2", "raft3"];

    private readonly TestProbe _events;
    private readonly Dictionary<string, Drifter.Rules> _rules = Names.ToDictionary(name => name, _ => new Drifter.Rules());

    public StateDigestTests()
    {
        _events = CreateTestProbe();
        Sys.EventStream.Subscribe(_events, typeof(RaftEvent.StateDiverged));
        Array.ForEach(Names, name => Group.StartDrifting(name, _rules[name]));
        Group.AdvanceEnginesUntil(() => StatusOf("raft3").Leader is not null);
    }

    [Fact]
    public void Another_result_on_one_process_is_published_on_all_with_the_serials_and_the_sides_once_the_group_is_quiet()
    {
        Append(2);
        _rules["raft3"].Added = 1;
        Append(1);

        AdvanceSeconds(3);

        ExpectDivergence(1, 3, "raft1 raft2 | raft3", hasMajority: true);
        Assert.Contains("the first side is the majority", StatusOf("raft3").ToString());
    }

    [Fact]
    public void Another_result_is_found_at_the_next_4096th_serial_under_load()
    {
        _rules["raft1"].Added = 1;

        AppendUntil(4096);

        ExpectDivergence(1, 4096, "raft2 raft3 | raft1", hasMajority: true);
    }

    [Fact]
    public void Another_state_behind_equal_results_is_found_by_HandleDigest()
    {
        _rules["raft2"].Digest = sum => sum + 1;
        Append(3);

        AdvanceSeconds(3);

        ExpectDivergence(1, 3, "raft1 raft3 | raft2", hasMajority: true);
    }

    [Fact]
    public void Another_reminder_behind_equal_results_and_digests_is_found()
    {
        _rules["raft2"].Reminds = true;
        Append(3);

        AdvanceSeconds(3);

        ExpectDivergence(1, 3, "raft1 raft3 | raft2", hasMajority: true);
    }

    [Fact]
    public void Three_different_results_have_no_majority()
    {
        (_rules["raft2"].Added, _rules["raft3"].Added) = (1, 2);
        Append(1);

        AdvanceSeconds(3);

        ExpectDivergence(1, 1, "raft1 | raft2 | raft3", hasMajority: false);
    }

    [Fact]
    public void Pair_that_failed_on_one_process_alone_and_was_resumed_there_is_found()
    {
        Append(1);
        Group.StopActor("raft3");
        Group.StartDrifting("raft3", _rules["raft3"], Akka.Actor.Directive.Resume);
        _rules["raft3"].Check = serial => _ = serial.Value == 2 ? throw new InvalidOperationException("fails here alone") : 0;
        Append(2);

        AdvanceSeconds(3);

        ExpectDivergence(1, 3, "raft1 raft2 | raft3", hasMajority: true);
    }

    [Fact]
    public void Actors_that_agree_are_compared_and_nothing_is_published()
    {
        AppendUntil(4096);
        AdvanceSeconds(3);

        Array.ForEach(Names, name => Assert.Equal(2, _rules[name].Digests));
        Array.ForEach(Names, name => Assert.Null(StatusOf(name).DivergedAt));
        _events.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void State_without_a_digest_is_not_compared()
    {
        _rules["raft2"].Digest = _ => null;
        Append(3);

        AdvanceSeconds(3);

        Assert.Equal(1, _rules["raft2"].Digests);
        _events.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void HandleDigest_that_fails_is_logged_and_the_actor_goes_on()
    {
        _rules["raft2"].Digest = _ => throw new InvalidOperationException("no digest");

        EventFilter.Error(contains: "HandleDigest failed, so the states of the processes are not compared.").ExpectOne(() =>
        {
            Append(3);
            AdvanceSeconds(3);
        });

        Append(1);
        Assert.Equal(new Serial(4), StatusOf("raft2").Delivered);
        _events.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Quiet_group_asks_for_a_digest_at_most_every_ten_seconds()
    {
        for (var pair = 0; pair < 12; pair++)
        {
            Append(1);
            AdvanceSeconds(2);
        }

        Array.ForEach(Names, name => Assert.InRange(_rules[name].Digests, 2, 3));
    }

    [Fact]
    public void Divergence_lasts_until_the_wrong_actor_has_begun_anew_and_agrees()
    {
        _rules["raft3"].Added = 1;
        Append(1);
        AdvanceSeconds(3);
        ExpectDivergence(1, 1, "raft1 raft2 | raft3", hasMajority: true);

        _rules["raft3"].Added = 0;
        Append(1);
        AdvanceSeconds(12);
        Array.ForEach(Names, name => Assert.NotNull(StatusOf(name).DivergedAt));

        Group.Actors["raft3"].Tell(new InvalidOperationException("a restart"), TestActor);
        Group.AwaitRestart("raft3");
        Append(1);
        AdvanceSeconds(12);
        Array.ForEach(Names, name => Assert.Null(StatusOf(name).DivergedAt));
    }

    [Fact]
    public void Divergence_lasts_if_the_wrong_actor_is_wrong_again_in_the_same_serials_after_its_restart()
    {
        _rules["raft3"].Digest = _ => null;
        _rules["raft3"].Added = 1;
        AppendUntil(4096);
        ExpectDivergence(1, 4096, "raft1 raft2 | raft3", hasMajority: true);

        Group.Actors["raft3"].Tell(new InvalidOperationException("a restart"), TestActor);
        Group.AwaitRestart("raft3");
        _rules["raft3"].Added = 0;
        AppendUntil(8192);
        AdvanceSeconds(1);

        Array.ForEach(Names, name => Assert.NotNull(StatusOf(name).DivergedAt));
    }

    private void Append(int count)
    {
        Group.Actors["raft1"].Tell(count, TestActor);
        Group.Advance(3);
    }

    // In less than a second, so that the group is not quiet meanwhile.
    private void AppendUntil(int serial)
    {
        while (StatusOf("raft3").Delivered.Value < serial)
        {
            Group.Actors["raft1"].Tell(100, TestActor);
            Group.Advance(2);
        }

        Group.Advance(3);
    }

    private void AdvanceSeconds(int seconds) => Group.Advance(seconds * 20);

    private void ExpectDivergence(long first, long last, string sides, bool hasMajority)
    {
        foreach (var _ in Names)
        {
            var told = _events.ExpectMsg<RaftEvent.StateDiverged>();
            Assert.Equal(new SerialRange(new Serial(first), new Serial(last)), told.DivergedAt.Serials);
            var shown = told.DivergedAt.Sides.Select(side => string.Join(' ', side.Select(name => name.Process)));
            Assert.Equal(sides, string.Join(" | ", shown));
            Assert.Equal(hasMajority, told.DivergedAt.HasMajority);
            Assert.Equal(told.DivergedAt, StatusOf(told.Process.Process).DivergedAt);
        }

        _events.ExpectNoMsg(TimeSpan.Zero);
    }

    private RaftStatus StatusOf(string name) => Raft.Get(Sys).Processes.Single(process => process.Name.Process == name);
}
