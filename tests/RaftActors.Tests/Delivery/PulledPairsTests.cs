namespace RaftActors.Tests.Delivery;

/// <summary>Pairs that a life reads itself: only when they are released, in batches, and unless they are compacted by then.</summary>
public sealed class PulledPairsTests
{
    private static readonly ProcessName Other = new("raft2@node2@localhost");
    private static readonly ProcessName Self = new("raft1@node1@localhost");

    private readonly CommittedLog _log = new();

    [Fact]
    public void Pair_that_is_committed_and_not_released_is_not_read()
    {
        _log.Commit(_log.NewOrder(), 3);
        var reader = new CommittedReader(_log.Pairs, Serial.Zero);
        Assert.Null(reader.TryRead(new Serial(1)));

        reader.Release(new Serial(2));

        Assert.Equal("key1", reader.TryRead(new Serial(1))?.Key);
        Assert.Equal("key2", reader.TryRead(new Serial(2))?.Key);
        Assert.Null(reader.TryRead(new Serial(3)));
    }

    [Fact]
    public void Pairs_are_read_in_any_order()
    {
        _log.Commit(_log.NewOrder(), 300);
        var reader = new CommittedReader(_log.Pairs, new Serial(300));

        foreach (var serial in new long[] { 300, 1, 150, 149, 64, 65, 300 })
        {
            Assert.Equal($"key{serial}", reader.TryRead(new Serial(serial))?.Key);
        }
    }

    [Fact]
    public void Released_serial_never_goes_back()
    {
        _log.Commit(_log.NewOrder(), 3);
        var reader = new CommittedReader(_log.Pairs, Serial.Zero);
        reader.Release(new Serial(3));

        reader.Release(new Serial(1));

        Assert.Equal("key3", reader.TryRead(new Serial(3))?.Key);
    }

    [Fact]
    public void Nothing_is_due_between_the_compaction_of_the_next_pair_and_the_snapshot_that_covers_it()
    {
        var order = NewLearner();
        _log.Commit(order, 5);
        _log.Pairs.DiscardTo(new Serial(4), new LogIndex(4));
        Assert.Null(order.TryTakeNext());

        order.Take(new ToActor.Restore(1, new Serial(4)));
        Assert.Equal(new DeliveryStep.Restore(new Serial(4)), order.TryTakeNext());
        order.Restored(new Serial(4));

        Assert.Equal(new Serial(5), Assert.IsType<DeliveryStep.Append>(order.TryTakeNext()).Pair.Serial);
    }

    [Fact]
    public void Compaction_of_pairs_that_were_delivered_restores_nothing()
    {
        var order = NewLearner();
        _log.Commit(order, 2);
        Assert.IsType<DeliveryStep.Append>(order.TryTakeNext());
        Assert.IsType<DeliveryStep.Append>(order.TryTakeNext());

        _log.Pairs.DiscardTo(new Serial(2), new LogIndex(2));
        order.Take(new ToActor.Restore(1, new Serial(2)));

        Assert.Null(order.TryTakeNext());
    }

    [Fact]
    public void Earlier_compaction_does_not_lower_the_snapshot_that_is_due()
    {
        var order = NewLearner();
        order.Take(new ToActor.Restore(1, new Serial(4)));
        order.Take(new ToActor.Restore(1, new Serial(2)));

        Assert.Equal(new DeliveryStep.Restore(new Serial(4)), order.TryTakeNext());
    }

    [Fact]
    public void Range_that_the_own_log_had_is_answered_without_a_request()
    {
        var order = NewMember(own: 2, leaderSerial: 3);
        _log.Commit(order, 3);
        Assert.Equal(new DeliveryStep.Missing(new SerialRange(new Serial(1), new Serial(3))), order.TryTakeNext());
        order.Pulled!.Reserve(new SerialRange(new Serial(1), new Serial(3)));

        Assert.True(order.Pulled!.HasOwnAnswer);
        Assert.Null(order.Pulled!.NextReserved(256));
        var first = Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext());
        Assert.Equal((new Serial(1), null), (first.Pair.Serial, first.Request));
        Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext());
        Assert.False(order.Pulled!.HasOwnAnswer);

        // The own log did not have it when this life began, so it is requested from another process.
        Assert.Equal(new Serial(3), order.Pulled!.NextReserved(256));
        order.Pulled!.Asked(new RequestRef(Self, default, 1), new Serial(3));
        Assert.Null(order.TryTakeNext());
    }

    [Fact]
    public void Fetched_pair_at_which_the_actor_is_held_waits_for_the_next_try()
    {
        var order = NewMember(own: 2, leaderSerial: 2);
        _log.Commit(order, 2);
        Assert.IsType<DeliveryStep.Missing>(order.TryTakeNext());
        order.Pulled!.Reserve(new SerialRange(new Serial(1), new Serial(2)));
        order.Hold([DeliveryPlace.OfPair(new Serial(2))]);
        Assert.Equal(new Serial(1), Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext()).Pair.Serial);
        Assert.Null(order.TryTakeNext());

        order.Take(new ToActor.TryAgain(1));

        Assert.Equal(new Serial(2), Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext()).Pair.Serial);
    }

    [Fact]
    public void Range_waits_for_the_gets_that_were_requested_before_it()
    {
        var order = NewMember(own: 2, leaderSerial: 2);
        _log.Commit(order, 2);
        Assert.IsType<DeliveryStep.Missing>(order.TryTakeNext());
        var before = new RequestRef(Self, default, 1);
        order.Pulled!.Asked(before, new Serial(2));
        order.Pulled!.Reserve(new SerialRange(new Serial(1), new Serial(1)));
        Assert.Null(order.TryTakeNext());

        order.Take(new ToActor.Answered(1, before, CommittedLog.PairOf(2)));

        Assert.Equal(before, Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext()).Request);
        Assert.Equal(new Serial(1), Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext()).Pair.Serial);
    }

    [Fact]
    public void Loss_of_the_engine_ends_the_open_gets_and_of_all_that_ended_only_appends_are_for_the_next_life()
    {
        var order = NewMember(own: 0, leaderSerial: 2);
        Assert.IsType<DeliveryStep.Missing>(order.TryTakeNext());
        var (get, query, append) = (new RequestRef(Self, default, 1), new RequestRef(Self, default, 2), new RequestRef(Self, default, 3));
        order.Pulled!.Asked(get, new Serial(1));
        order.Take(new ToActor.Cancelled(1, query, OpenQueries.Late));
        order.Take(new ToActor.Cancelled(ToActor.AnyLife, append, OpenQueries.Late));

        order.LoseEngine(RaftFailure.NotDone(FailureReason.Stopped, "stopped"));

        Assert.Equal([append], order.HeldCancellations.Select(held => held.Request));
        Assert.Equal(
            [query, append, get], Enumerable.Range(0, 3).Select(_ => Assert.IsType<DeliveryStep.Cancel>(order.TryTakeNext()).Request));
        Assert.Null(Assert.IsType<DeliveryStep.LeaderChanged>(order.TryTakeNext()).Leader);
        Assert.Null(Assert.IsType<DeliveryStep.QuorumChanged>(order.TryTakeNext()).Quorum);
    }

    [Fact]
    public void Snapshot_is_not_taken_before_the_first_pairs_are_fetched()
    {
        var order = NewMember(own: 0, leaderSerial: 1);
        _log.Commit(order, 1);
        Assert.IsType<DeliveryStep.Missing>(order.TryTakeNext());
        var get = new RequestRef(Self, default, 1);
        order.Pulled!.Asked(get, new Serial(1));
        order.Take(new ToActor.TakeSnapshot(1));
        Assert.Null(order.TryTakeNext());

        order.Take(new ToActor.Answered(1, get, CommittedLog.PairOf(1)));

        Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext());
        Assert.Equal(new Serial(1), Assert.IsType<DeliveryStep.TakeSnapshot>(order.TryTakeNext()).Serial);
    }

    [Fact]
    public void Own_append_whose_pair_was_fetched_before_its_commit_is_completed_by_the_commit()
    {
        var order = NewMember(own: 0, leaderSerial: 2);
        Assert.IsType<DeliveryStep.Missing>(order.TryTakeNext());
        var (get, own) = (new RequestRef(Self, default, 1), new RequestRef(Self, default, 2));
        order.Pulled!.Asked(get, new Serial(1));
        order.Take(new ToActor.Answered(1, get, CommittedLog.PairOf(1)));
        Assert.Null(Assert.IsType<DeliveryStep.Answer>(order.TryTakeNext()).Waiting);

        _log.Commit(order, 1, own);

        Assert.Equal(new DeliveryStep.Completed(own, new Serial(1)), order.TryTakeNext());
        Assert.Null(order.TryTakeNext());
    }

    private DeliveryOrder NewLearner()
    {
        var order = _log.NewOrder();
        order.Take(new ToActor.QuorumIs(1, new Quorum([Other], isMember: false)));
        Assert.IsType<DeliveryStep.QuorumChanged>(order.TryTakeNext());
        return order;
    }

    private DeliveryOrder NewMember(long own, long leaderSerial)
    {
        var order = _log.NewOrder();
        order.Take(new ToActor.Attached(1, ActorRefs.NoSender!, new Serial(own))); // Justification: the order does not use the engine.
        order.Take(new ToActor.QuorumIs(1, new Quorum([Self, Other], isMember: true)));
        order.Take(new ToActor.LeaderIs(1, new Leader(Other, null, 1, new Serial(leaderSerial), isSelf: false, isReady: true)));
        Assert.IsType<DeliveryStep.QuorumChanged>(order.TryTakeNext());
        Assert.IsType<DeliveryStep.LeaderChanged>(order.TryTakeNext());
        return order;
    }
}
