namespace RaftActors.Tests.Groups;

/// <summary>
/// Queries under a lease, on real engines and a clock that the test moves. raft1 leads, then hears nobody. Its lease ends 855 ms after its
/// last confirmed round: one tick before the shortest election timeout of 1 s, less the drift of 10 percent.
/// </summary>
public sealed class LeaseReadTests() : VirtualGroupTest("raft.lease.enabled = on")
{
    private const int TicksOfLease = 18;

    [Fact]
    public void Leader_that_hears_no_majority_answers_under_its_lease_and_no_query_after_it()
    {
        Isolate();

        Ask(ReadConsistency.Lease);
        ExpectMsg<Outcome<object?>>(done => Assert.Equal(new Serial(4), done.Result));

        Group.Advance(TicksOfLease);
        Assert.Equal("raft1", Group.StatusOf("raft1").Leader?.Process);
        Ask(ReadConsistency.Lease);
        Group.Advance(3);
        ExpectNoMsg(TimeSpan.Zero);

        Group.Advance();
        ExpectMsg<Outcome<object?>>().NotDone();
    }

    private void Isolate()
    {
        // A lease needs a time above zero, which a real clock always has.
        ((VirtualScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(1));
        Group.Found(4, 4);
        Group.StopEngine("raft2");
        Group.StopEngine("raft3");
    }

    private void Ask(ReadConsistency consistency)
    {
        Group.Actors["raft1"].Tell(new Recorder.Query("how far?", TimeSpan.FromMilliseconds(200), consistency), TestActor);
        Group.AwaitIdle();
    }
}
