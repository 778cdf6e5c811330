namespace RaftActors.Core.Tests;

/// <summary>Tests since when a member is fit to vote, and for how long a voter has lagged.</summary>
public sealed class QuorumKeeperTests
{
    private static readonly Member Member = new(new ProcessName("raft4@x"), SimulatedProcess.IncarnationOf(1));

    private static readonly CoreOptions Options = new()
    {
        Self = new Member(new ProcessName("raft1@x"), SimulatedProcess.IncarnationOf(1)),
        Roster = [new("raft1@x")],
        FoundingUid = new GroupUid(new Guid(1, 0, 0, new byte[8])),
        Seed = 1,
    };

    private readonly QuorumKeeper _keeper = new(elected: 0, committed: new LogIndex(5), last: Serial.Zero);
    private readonly Progress _progress = new(Member, new LogIndex(1), now: 0);

    private static Configuration Alone => new(Options.FoundingUid, 1, [Options.Self], [], [], []);

    [Fact]
    public void A_member_that_is_not_admitted_is_not_fit()
    {
        _progress.Accept(new LogIndex(5), start: default, last: new LogIndex(5));
        Watch(now: 5);
        Assert.Null(_keeper.FitSince(Member));

        _progress.IsAdmitted = true;
        Watch(now: 10);
        Assert.Equal(10, _keeper.FitSince(Member));
    }

    [Fact]
    public void A_member_whose_log_differs_is_not_fit()
    {
        _progress.IsAdmitted = true;
        _progress.Accept(new LogIndex(5), start: default, last: new LogIndex(5));
        Watch(now: 5);
        Assert.Equal(5, _keeper.FitSince(Member));

        _progress.Refuse(new Divergence(new LogIndex(2), new Serial(1), 9), default);
        Watch(now: 10);

        Assert.Null(_keeper.FitSince(Member));
    }

    [Fact]
    public void A_member_that_lacks_what_was_committed_before_the_first_heartbeat_is_not_fit()
    {
        _progress.IsAdmitted = true;
        _progress.Accept(new LogIndex(4), start: default, last: new LogIndex(5));

        Watch(now: 5);

        Assert.Null(_keeper.FitSince(Member));
    }

    [Fact]
    public void A_member_at_a_constant_distance_lags_although_its_log_grows()
    {
        Watch(now: 5, committed: 10);
        for (var round = 1; round <= 10; round++)
        {
            _progress.Accept(new LogIndex(5 + (10 * (round - 1))), start: default, last: new LogIndex(200));
            Watch(now: 5 + (5 * round), committed: 10 + (10 * round));
        }

        Assert.Equal(50, _keeper.LaggedFor(Member));
    }

    [Fact]
    public void A_snapshot_transfer_stops_the_lag_of_its_receiver_until_it_stalls()
    {
        var position = new LogPosition(new LogIndex(10), new Term(1), new Serial(9), 0);
        Watch(now: 5, committed: 10);
        Watch(now: 10, committed: 10);
        _progress.StartSnapshot(new Snapshot(position, new LogIndex(1), Alone, [], 100), now: 10);
        for (var now = 15; now < 10 + Options.GoneTicks; now += 5)
        {
            Watch(now, committed: 10);
        }

        Assert.Equal(5, _keeper.LaggedFor(Member));

        Watch(now: 10 + Options.GoneTicks, committed: 10);
        Watch(now: 15 + Options.GoneTicks, committed: 10);
        Assert.Equal(15, _keeper.LaggedFor(Member));
    }

    [Fact]
    public void Losses_of_a_member_are_forgotten_once_it_was_fit_for_32_times_the_usual_time()
    {
        _progress.IsAdmitted = true;
        _progress.Accept(new LogIndex(5), start: default, last: new LogIndex(5));
        _keeper.LostVote(Member.Name);
        Watch(now: 5);
        Watch(now: 5 + (31 * Options.StableTicks));
        Assert.Equal(1, _keeper.LossesOf(Member.Name));

        Watch(now: 5 + (32 * Options.StableTicks));

        Assert.Equal(0, _keeper.LossesOf(Member.Name));
    }

    [Fact]
    public void Losses_of_a_member_that_is_not_fit_are_kept_until_it_leaves()
    {
        _keeper.LostVote(Member.Name);
        Watch(now: 5);
        Watch(now: 100 * Options.StableTicks);
        Assert.Equal(1, _keeper.LossesOf(Member.Name));

        _keeper.Watch([], Alone, new LogIndex(5), Serial.Zero, 101 * Options.StableTicks, Options);

        Assert.Equal(0, _keeper.LossesOf(Member.Name));
    }

    /// <summary>Watches at a tick; the member was heard at the tick before.</summary>
    private void Watch(long now, long committed = 5)
    {
        _progress.RepliedAt = now - 1;
        _keeper.Watch([_progress], Alone, new LogIndex(committed), Serial.Zero, now, Options);
    }
}
