using RaftActors.Core.Tests.Harness;

namespace RaftActors.Core.Tests;

/// <summary>Who is fit to vote, and since when.</summary>
public sealed class QuorumKeeperTests
{
    private static readonly Member Member = new(new ProcessName("raft4@x"), SimulatedProcess.IncarnationOf(1));

    private readonly QuorumKeeper _keeper = new();
    private readonly Progress _progress = new(Member, new LogIndex(1), now: 0);

    [Fact]
    public void Who_has_not_said_that_it_may_vote_is_not_fit()
    {
        _progress.Accept(new LogIndex(5), start: default, last: new LogIndex(5));
        Watch(now: 5);
        Assert.Null(_keeper.FitSince(Member));

        _progress.IsAdmitted = true;
        Watch(now: 10);
        Assert.Equal(10, _keeper.FitSince(Member));
    }

    [Fact]
    public void A_break_in_being_heard_begins_the_time_anew()
    {
        _progress.IsAdmitted = true;
        _progress.Accept(new LogIndex(5), start: default, last: new LogIndex(5));
        Watch(now: 5);
        Watch(now: 10);
        Assert.Equal(5, _keeper.FitSince(Member));

        _keeper.Watch([_progress], new LogIndex(5), now: 25, heartbeatTicks: 5);
        Assert.Null(_keeper.FitSince(Member));

        Watch(now: 30);
        Assert.Equal(30, _keeper.FitSince(Member));
    }

    /// <summary>It was heard at the tick before.</summary>
    private void Watch(long now)
    {
        _progress.HeardAt = now - 1;
        _keeper.Watch([_progress], new LogIndex(5), now, heartbeatTicks: 5);
    }
}
