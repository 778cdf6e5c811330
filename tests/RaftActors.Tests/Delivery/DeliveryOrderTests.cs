namespace RaftActors.Tests.Delivery;

/// <summary>The order of callbacks. Due steps are written as text: "append 3", "serial 3", "missing 1 .. 2".</summary>
public sealed class DeliveryOrderTests
{
    private static readonly ProcessName Self = new("raft1@node1@localhost");
    private static readonly ProcessName Other = new("raft2@node2@localhost");

    private readonly CommittedLog _log = new();
    private readonly List<RequestRef> _requests = [];
    private long _term;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void No_pair_is_delivered_before_the_membership_is_known(bool pulls)
    {
        var order = _log.NewOrder(pulls ? LearnerDelivery.InOrder : null);
        Commit(order, 1);

        Assert.Empty(Due(order));
    }

    [Fact]
    public void Member_is_told_once_in_its_life_of_missing_pairs()
    {
        var order = Start(last: 1);
        Become(order, member: true);
        Lead(order, serial: 4);
        Assert.Equal(["quorum", "leader", "missing 2 .. 4"], Due(order));

        Lead(order, serial: 9);
        Assert.Equal(["leader"], Due(order));
    }

    [Fact]
    public void Answers_behind_a_cancelled_get_wait_until_its_pair_is_committed_here()
    {
        var order = Start();
        Become(order, member: true);
        Lead(order, serial: 3);
        Due(order, gap => Ask(order, gap));
        Answer(order, request: 0, serial: 1);
        Answer(order, request: 2, serial: 3);
        Cancel(order, request: 1);
        Assert.Equal(["cancel 1 Unavailable", "serial 1"], Due(order));

        Commit(order, 1, 2);
        Assert.Equal(["append 2", "serial 3"], Due(order));
    }

    [Fact]
    public void As_committed_learner_gets_the_pair_of_a_get_that_is_cancelled_after_the_missing_pairs_behind_it()
    {
        var order = Start(LearnerDelivery.AsCommitted);
        Become(order, member: false);
        Lead(order, serial: 3);
        Ask(order, new SerialRange(new Serial(1), new Serial(1)));
        Commit(order, 1, 2, 3, 4);
        Assert.Equal(["quorum", "append 4", "missing 2 .. 3", "append 2", "append 3"], Due(order));

        Cancel(order, 0);

        Assert.Equal(["cancel 0 Unavailable", "append 1"], Due(order));
    }

    [Fact]
    public void As_committed_learner_is_not_told_of_pairs_that_it_requested_before()
    {
        var order = Start(LearnerDelivery.AsCommitted);
        Become(order, member: false);
        Lead(order, serial: 4);
        Ask(order, new SerialRange(new Serial(2), new Serial(2)));
        Commit(order, 5);

        Assert.Equal(["quorum", "append 5", "missing 1 .. 1", "missing 3 .. 4", "append 1", "append 3", "append 4"], Due(order));
    }

    [Fact]
    public void As_committed_learner_gets_a_hundred_thousand_pairs_behind_a_new_pair_that_it_requested()
    {
        const int Last = 100_000;
        var order = Start(LearnerDelivery.AsCommitted);
        Become(order, member: false);
        Lead(order, serial: 0);
        Ask(order, new SerialRange(new Serial(1), new Serial(1)));
        Commit(order, Last);
        Assert.Equal(Enumerable.Range(2, Last - 1).Select(serial => $"append {serial}").Prepend("quorum"), Due(order));

        Cancel(order, request: 0);
        Assert.Equal(["cancel 0 Unavailable", "append 1"], Due(order));
    }

    [Fact]
    public void As_committed_learner_gets_no_pair_before_it_knows_a_leader()
    {
        var order = Start(LearnerDelivery.AsCommitted);
        Become(order, member: false);
        Commit(order, 1);
        Assert.Equal(["quorum"], Due(order));

        Lead(order, serial: 0);
        Assert.Equal(["append 1"], Due(order));
    }

    [Fact]
    public void Query_with_a_lower_serial_does_not_wait_for_one_with_a_higher_serial()
    {
        var order = Start(last: 2);
        Query(order, serial: 4);
        Query(order, serial: 2);
        Query(order, serial: 0);

        Assert.Equal(["query 2", "query 1"], Due(order));
    }

    [Fact]
    public void Query_on_an_as_committed_learner_waits_for_missing_pairs_below_its_serial()
    {
        var order = Start(delivery: LearnerDelivery.AsCommitted);
        Become(order, member: false);
        Lead(order, serial: 1);
        Commit(order, 2);
        Query(order, serial: 2);
        Assert.Equal(["quorum", "append 2", "missing 1 .. 1"], Due(order, gap => Ask(order, gap)));

        Answer(order, 1, serial: 1);
        Assert.Equal(["serial 1", "query 0"], Due(order));
    }

    [Fact]
    public void Query_that_may_be_answered_within_a_batch_comes_behind_it()
    {
        var order = _log.NewOrder(pulls: null);
        Become(order, member: false);
        Query(order, serial: 2);
        _log.CommitBatch(order, 3);

        Assert.Equal(["quorum", "append 1", "append 2", "append 3", "query 0"], Due(order));
    }

    // The state is that of no serial that a caller knows.
    [Fact]
    public void Query_fails_while_a_batch_is_held_between_its_pairs()
    {
        var order = _log.NewOrder(pulls: null);
        Become(order, member: false);
        order.Hold([DeliveryPlace.OfPair(new Serial(3))]);
        Query(order, serial: 2);
        _log.CommitBatch(order, 4);
        Assert.Equal(["quorum", "append 1", "append 2", "cancel 0 Unavailable"], Due(order));

        order.Take(new ToActor.TryAgain(1));
        Query(order, serial: 2);
        Assert.Equal(["append 3", "append 4", "query 1"], Due(order));
    }

    private static void Become(DeliveryOrder order, bool member) =>
        order.Take(new ToActor.QuorumIs(1, new Quorum(member ? [Self, Other] : [Other], member)));

    private DeliveryOrder Start(LearnerDelivery delivery = LearnerDelivery.InOrder, long last = 0) => _log.NewOrder(delivery, last);

    private void Commit(DeliveryOrder order, params long[] serials) => Array.ForEach(serials, serial => _log.Commit(order, serial));

    private static string Describe(DeliveryStep step, List<RequestRef> requests) => step switch
    {
        DeliveryStep.PeerMet => "peer",
        DeliveryStep.QuorumChanged changed => changed.Quorum is null ? "no quorum" : "quorum",
        DeliveryStep.LeaderChanged changed => changed.Leader is null ? "no leader" : "leader",
        DeliveryStep.Missing missing => $"missing {missing.Gap}",
        DeliveryStep.Append append => $"append {append.Pair.Serial}",
        DeliveryStep.Answer answer => $"serial {answer.Pair.Serial}",
        DeliveryStep.Completed completed => $"completed {completed.Serial}",
        DeliveryStep.Query query => $"query {requests.IndexOf(query.Request)}",
        DeliveryStep.Cancel cancel => $"cancel {requests.IndexOf(cancel.Request)} {cancel.Failure.Reason}",
        _ => throw new ArgumentException($"{step} is new.", nameof(step)),
    };

    private void Lead(DeliveryOrder order, long serial) =>
        order.Take(new ToActor.LeaderIs(1, new Leader(Other, null, ++_term, new Serial(serial), isSelf: false, isReady: true)));

    private void Ask(DeliveryOrder order, SerialRange range)
    {
        foreach (var serial in range)
        {
            var request = new RequestRef(Self, default, _requests.Count + 1);
            _requests.Add(request);
            order.Pulled!.Asked(request, serial);
        }
    }

    private void Query(DeliveryOrder order, long serial)
    {
        var request = new RequestRef(Self, default, _requests.Count + 1);
        _requests.Add(request);
        order.TakeQuery(request, new Serial(serial));
    }

    private void Answer(DeliveryOrder order, int request, long serial) =>
        order.Take(new ToActor.Answered(1, _requests[request], CommittedLog.PairOf(serial)));

    private void Cancel(DeliveryOrder order, int request) =>
        order.Take(new ToActor.Cancelled(1, _requests[request], OpenQueries.Late));

    private List<string> Due(DeliveryOrder order, Action<SerialRange>? handleMissing = null)
    {
        List<string> due = [];
        while (order.TryTakeNext() is { } step)
        {
            due.Add(Describe(step, _requests));
            if (step is DeliveryStep.Missing missing)
            {
                handleMissing?.Invoke(missing.Gap);
            }
        }

        return due;
    }
}
