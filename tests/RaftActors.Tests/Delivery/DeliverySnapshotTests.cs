namespace RaftActors.Tests.Delivery;

/// <summary>The order of deliveries when a snapshot covers some of the pairs.</summary>
public sealed class DeliverySnapshotTests
{
    private static readonly ProcessName Self = new("raft1@node1@localhost");
    private static readonly ProcessName Other = new("raft2@node2@localhost");

    private readonly CommittedLog _log = new();
    private DeliveryOrder _order;
    private long _requests;

    public DeliverySnapshotTests() => _order = _log.NewOrder();

    [Fact]
    public void Later_snapshot_than_the_announced_one_replaces_the_pairs_up_to_its_own_serial()
    {
        Become(member: false);
        Restore(3);
        Commit(4, 5, 6);

        Assert.Equal(["quorum", "restore 5", "append 6"], Due(restored: 5));
    }

    [Fact]
    public void Snapshot_that_was_not_restored_is_due_once_after_each_message_and_nothing_else_is()
    {
        Become(member: false);
        Restore(3);
        Commit(4);
        Assert.IsType<DeliveryStep.QuorumChanged>(_order.TryTakeNext());
        Assert.IsType<DeliveryStep.Restore>(_order.TryTakeNext());
        Assert.Null(_order.TryTakeNext());

        Commit(5);

        Assert.Equal(["restore 3", "append 4", "append 5"], Due());
    }

    [Fact]
    public void Reserved_serials_up_to_the_snapshot_are_not_requested()
    {
        Become(member: true);
        Lead(9);
        Due();
        _order.Pulled!.Reserve(new SerialRange(new Serial(1), new Serial(2)));
        _order.Pulled!.Reserve(new SerialRange(new Serial(3), new Serial(9)));

        Restore(4);
        Due();

        Assert.Equal(new Serial(5), _order.Pulled!.NextReserved(256));
    }

    [Fact]
    public void Reserved_serial_above_the_snapshot_stays_claimed()
    {
        Become(member: true);
        Lead(9);
        Due();
        _order.Pulled!.Reserve(new SerialRange(new Serial(1), new Serial(9)));
        Restore(4);
        Commit(5, 6);

        Assert.Equal(["restore 4"], Due());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Pair_that_was_fetched_ahead_of_a_snapshot_is_delivered_again_after_it(bool isAsCommitted)
    {
        _order = _log.NewOrder(isAsCommitted ? LearnerDelivery.AsCommitted : LearnerDelivery.InOrder);
        Become(member: false);
        Lead(6);
        Answer(Ask(5), 5);
        Assert.Equal(["quorum", "serial 5"], Due());

        Restore(3);
        Commit(4, 5, 6, 7);

        Assert.Equal(["append 4", "append 5", "append 6", "append 7"], Due().Where(step => step.StartsWith("append")).Order());
    }

    // Serial 5 is new: above the leader's serial. It is fetched before the snapshot. After the snapshot another Get of it fails.
    [Fact]
    public void As_committed_learner_gets_a_new_pair_again_that_it_had_fetched_ahead_of_the_snapshot()
    {
        _order = _log.NewOrder(LearnerDelivery.AsCommitted);
        Become(member: false);
        Lead(4);
        Answer(Ask(5), 5);
        Assert.Equal(["quorum", "serial 5", "missing 1 .. 4"], Due());
        Restore(3);
        Assert.Equal(["restore 3"], Due());

        Cancel(Ask(5));
        Commit(4, 5, 6);

        Assert.Equal(["append 4", "append 5", "append 6"], Due().Where(step => step.StartsWith("append")).Order());
    }

    [Fact]
    public void As_committed_learner_gets_again_all_pairs_above_a_snapshot_that_were_delivered_before()
    {
        _order = _log.NewOrder(LearnerDelivery.AsCommitted);
        Become(member: false);
        Lead(6);
        var fifth = Ask(5);
        RequestRef[] others = [Ask(1), Ask(2), Ask(3), Ask(4), Ask(6)];
        Commit(7);
        Answer(fifth, 5);
        Assert.Equal(["quorum", "serial 5", "append 7"], Due());

        Restore(3);
        Array.ForEach(others, Cancel);
        Commit(8);

        Assert.Equal(
            ["append 4", "append 5", "append 6", "append 7", "append 8", "restore 3"],
            Due().Where(step => step != "cancel Unavailable").Order());
    }

    [Fact]
    public void Own_append_whose_pair_was_fetched_above_a_snapshot_ends_when_the_pair_is_delivered_again_and_not_before()
    {
        Become(member: false);
        Answer(Ask(5), 5);
        Assert.Equal(["quorum", "serial 5"], Due());

        Restore(3);
        _log.Commit(_order, 5, own: new RequestRef(Self, default, 9));

        Assert.Equal(["restore 3", "append 4", "append 5"], Due());
    }

    [Fact]
    public void Restored_state_has_the_serial_of_the_snapshot_although_later_pairs_were_delivered_before()
    {
        _order = _log.NewOrder(LearnerDelivery.AsCommitted);
        Become(member: false);
        Answer(Ask(5), 5);
        Assert.Equal(["quorum", "serial 5"], Due());

        Restore(3);
        Assert.Equal(new DeliveryStep.Restore(new Serial(3)), _order.TryTakeNext());
        _order.Restored(new Serial(3));

        Assert.Equal(new Serial(3), _order.Serial);
    }

    [Fact]
    public void Snapshot_is_not_taken_while_a_pair_below_the_highest_is_missing()
    {
        Become(member: false);
        Answer(Ask(3), 3);
        _order.Take(new ToActor.TakeSnapshot(1));
        Assert.Equal(["quorum", "serial 3"], Due());

        Commit(1);
        Assert.Equal(["append 1"], Due());
        Commit(2);
        Assert.Equal(["append 2", "take 3"], Due());
    }

    // The leader has answered Gets of the batch before this process has committed it.
    [Fact]
    public void Snapshot_between_the_pairs_of_a_batch_is_at_no_entry_of_the_log()
    {
        Become(member: false);
        Commit(1);
        Answer(Ask(2), 2);
        _order.Take(new ToActor.TakeSnapshot(1));
        Assert.Equal(["quorum", "serial 2", "append 1", "take 2"], Due());

        _log.CommitBatch(_order, 4);

        Assert.Null(_log.Pairs.LastIndexOf(new Serial(2)));
    }

    private void Become(bool member) => _order.Take(new ToActor.QuorumIs(1, new Quorum(member ? [Self, Other] : [Other], member)));

    private void Lead(long serial) =>
        _order.Take(new ToActor.LeaderIs(1, new Leader(Other, null, 1, new Serial(serial), isSelf: false, isReady: true)));

    private void Restore(long serial)
    {
        _log.StartAfter(serial);
        _order.Take(new ToActor.Restore(1, new Serial(serial)));
    }

    private void Commit(params long[] serials) => Array.ForEach(serials, serial => _log.Commit(_order, serial));

    private RequestRef Ask(long serial)
    {
        var request = new RequestRef(Self, default, ++_requests);
        _order.Pulled!.Asked(request, new Serial(serial));
        return request;
    }

    private void Answer(RequestRef request, long serial) => _order.Take(new ToActor.Answered(1, request, CommittedLog.PairOf(serial)));

    private void Cancel(RequestRef request) => _order.Take(new ToActor.Cancelled(1, request, OpenQueries.Late));

    // The actor restores the announced snapshot, or a later one.
    private List<string> Due(long? restored = null)
    {
        List<string> due = [];
        while (_order.TryTakeNext() is { } step)
        {
            due.Add(step switch
            {
                DeliveryStep.QuorumChanged => "quorum",
                DeliveryStep.LeaderChanged => "leader",
                DeliveryStep.Missing missing => $"missing {missing.Gap}",
                DeliveryStep.Append append => $"append {append.Pair.Serial}",
                DeliveryStep.Answer answer => $"serial {answer.Pair.Serial}",
                DeliveryStep.Cancel cancel => $"cancel {cancel.Failure.Reason}",
                DeliveryStep.Completed completed => $"completed {completed.Serial}",
                DeliveryStep.TakeSnapshot take => $"take {take.Serial}",
                DeliveryStep.Restore restore => $"restore {Restored(new Serial(restored ?? restore.Serial.Value))}",
                _ => throw new ArgumentException($"{step} is new."),
            });
        }

        return due;
    }

    private Serial Restored(Serial serial)
    {
        _order.Restored(serial);
        return serial;
    }
}
