using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors;

/// <summary>
/// A raft actor's view of its group, and what it may ask of it. Nothing here blocks: answers come as callbacks. For the thread of the
/// actor it belongs to only. What it shows is what the callbacks have told so far.
/// </summary>
public sealed class RaftGroup<TValue>
{
    private readonly RaftProcess _process;
    private readonly long _life;
    private readonly DeliveryOrder _order;
    private readonly ValueCodec<TValue> _values;
    private readonly IActorRef _actor;
    private readonly bool _takesSnapshots;

    internal RaftGroup(
        RaftProcess process, long life, DeliveryOrder order, ValueCodec<TValue> values, IActorRef actor, bool takesSnapshots)
    {
        _process = process;
        _life = life;
        _order = order;
        _values = values;
        _actor = actor;
        _takesSnapshots = takesSnapshots;
    }

    /// <summary>This process.</summary>
    public Pid Self => _process.Pid;

    /// <summary>
    /// The highest serial that this actor has been handed, or had at its start. Inside HandleAppend it is the entry's own already.
    /// </summary>
    public Serial Serial => _order.Serial;

    /// <summary>The quorum; null before it is built and after it is lost.</summary>
    public Quorum? Quorum => _order.Quorum;

    /// <summary>The leader; null if none is known. Learners know it too, although HandleLeader is called on quorum members only.</summary>
    public Leader? Leader => _order.Leader;

    /// <summary>The other processes met so far, by name.</summary>
    public IReadOnlyList<Peer> Peers => _order.Peers;

    /// <summary>
    /// All of it on one line, and where the process stands, as its engine saw it last: this may be ahead of what the callbacks have told.
    /// </summary>
    public RaftStatus Status
    {
        get
        {
            var view = _process.View;
            return new RaftStatus(Self, _process.Settings.Group, Serial, _process.Pairs.CommittedSerial, Quorum, Leader, Peers)
            {
                Role = view.Role,
                Term = view.Term,
                LedBy = view.LedBy,
                Identity = view.Identity,
                Members = view.Members,
                Fence = _process.Fence,
                Decision = _process.Decision,
            };
        }
    }

    /// <summary>
    /// Appends a pair, from any process. It ends in HandleAppend with the ref returned here, or in HandleCancel. Without a leader it
    /// waits for one. Appends of one process are committed in the order made as long as the leader stays and, for a learner's, the quorum
    /// member that they go through stays with it. It is sent to a leader once only.
    /// </summary>
    /// <param name="timeout">
    /// From now to the commit. Unset: <c>raft.append-timeout</c>. After it HandleCancel says NotCommitted or Unknown.
    /// </param>
    /// <param name="replyTo">Is told one <see cref="AppendOutcome"/>; the sender of the message at hand, for instance.</param>
    /// <exception cref="ArgumentException">The value has no serializer, or the pair is too large (<c>raft.pair-size-max</c>).</exception>
    public RequestRef Append(string key, TValue value, TimeSpan? timeout = null, IActorRef? replyTo = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        var bytes = _values.Encode(value);
        _process.Settings.DemandFits(key, bytes);
        var request = _process.NewRequest();
        _process.Appends.Add(request, replyTo);
        _process.Tell(new ToEngine.Append(request, key, bytes, timeout ?? _process.Settings.AppendTimeout), _actor, _life);
        return request;
    }

    /// <summary>
    /// Fetches a committed pair: from this process's own log if that had it when this life of the actor began, else from the quorum. It
    /// ends in HandleSerial with the ref returned here, or in HandleCancel. Until then HandleAppend does not bring this pair, and later
    /// ones wait for it where they come in order.
    /// </summary>
    /// <param name="timeout">Unset: <c>raft.get-timeout</c>. After it HandleCancel says Unavailable.</param>
    public RequestRef Get(Serial serial, TimeSpan? timeout = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, 1);
        var request = _process.NewRequest();
        _order.Asked(request, serial);
        _process.Tell(new ToEngine.Get(request, serial, timeout ?? _process.Settings.GetTimeout), _actor, _life);
        return request;
    }

    /// <summary>
    /// Asks for each serial of the range, in order, as by <see cref="Get(Serial, TimeSpan?)"/>: for the next one when fewer than
    /// <c>raft.get-window</c> Gets are pending, so that a long range floods nobody. Until then HandleAppend does not bring it either.
    /// </summary>
    public void Get(SerialRange range)
    {
        _order.Reserve(range);
        GetReserved();
    }

    /// <summary>
    /// Reads a committed pair from this process's own log, at once; null if it is not committed here yet, or not kept any more since a
    /// snapshot stands for it.
    /// </summary>
    public Entry<TValue>? Read(Serial serial) => _process.Pairs.Read(serial) is { } pair ? ToEntry(pair, null) : null;

    /// <summary>
    /// Has this actor answer a question from a state that is not older than the question (a linearizable read), from any process and
    /// without a pair in the log: a leader confirms how much is committed, and when this actor has been handed that much, HandleQuery is
    /// called with the question. Or it ends in HandleCancel with Unavailable.
    /// </summary>
    /// <param name="question">Handed to HandleQuery as it is.</param>
    /// <param name="timeout">
    /// From now until as much is committed on this process. Unset: <c>raft.query-timeout</c>. An actor that is behind takes its time.
    /// </param>
    /// <param name="replyTo">Is told one <see cref="QueryOutcome"/>, also when this actor is restarted or stops meanwhile.</param>
    public RequestRef Query(object question, TimeSpan? timeout = null, IActorRef? replyTo = null)
    {
        ArgumentNullException.ThrowIfNull(question);
        var request = _process.NewRequest();
        _process.Questions.Add(request.Number, new RaftProcess.Question(request, question, replyTo));
        _process.Tell(new ToEngine.Query(request, timeout ?? _process.Settings.QueryTimeout), _actor, _life);
        return request;
    }

    /// <summary>
    /// Has another process lead, from any process: before its node is stopped for maintenance, a leader hands over without an election
    /// timeout. Appends made meanwhile wait, and go to the new leader.
    /// </summary>
    /// <param name="to">A quorum member; null: whoever is suited best, if the leader at hand is to do something else.</param>
    /// <param name="timeout">Unset: <c>raft.change-timeout</c>. After it the outcome is Refused or Unknown.</param>
    /// <param name="replyTo">Is told one <see cref="ChangeOutcome"/>; Done as well if the process led already.</param>
    public RequestRef TransferLeadership(ProcessName? to = null, TimeSpan? timeout = null, IActorRef? replyTo = null) =>
        Change(new GroupChange.Transfer(to), timeout, replyTo);

    /// <summary>
    /// Has the group take in a process that is not in its roster, from any process of it. It follows at first; the quorum grows when the
    /// number of processes asks for it and the newcomer is caught up. Start it with <see cref="RaftOptions{TValue}.IsJoining"/>, before or
    /// after.
    /// </summary>
    /// <param name="timeout">Unset: <c>raft.change-timeout</c>. After it the outcome is Refused or Unknown.</param>
    /// <param name="replyTo">Is told one <see cref="ChangeOutcome"/>.</param>
    public RequestRef Join(ProcessName name, TimeSpan? timeout = null, IActorRef? replyTo = null) =>
        Change(new GroupChange.Join(name), timeout, replyTo);

    /// <summary>
    /// Has a process leave the group for good, from any process of it, this one included. Who is only away for a while does not leave.
    /// </summary>
    /// <param name="timeout">Unset: <c>raft.change-timeout</c>. After it the outcome is Refused or Unknown.</param>
    /// <param name="replyTo">Is told one <see cref="ChangeOutcome"/>.</param>
    public RequestRef Leave(ProcessName name, TimeSpan? timeout = null, IActorRef? replyTo = null) =>
        Change(new GroupChange.Leave(name), timeout, replyTo);

    /// <summary>
    /// Has this process say how it sees the group and what it waits for: who votes and why, who is out of reach, what stands against a
    /// Join. It is not forwarded: the leader, which knows most, is asked on its own node.
    /// </summary>
    /// <param name="replyTo">Is told one <see cref="Explanation"/>.</param>
    public RequestRef Explain(IActorRef replyTo)
    {
        ArgumentNullException.ThrowIfNull(replyTo);
        var request = _process.NewRequest();
        _process.Tell(new ToEngine.Explain(request, replyTo), _actor, _life);
        return request;
    }

    /// <summary>
    /// Has a snapshot of this actor's state taken soon, whether it is time for one (<c>raft.snapshot</c>) or not: before a node is stopped,
    /// for instance, so that its next start is quick. Nothing happens if nothing was committed since the last one.
    /// </summary>
    /// <exception cref="InvalidOperationException">The actor is no <see cref="IRaftSnapshot{TState}"/>.</exception>
    public void TakeSnapshot()
    {
        if (!_takesSnapshots)
        {
            throw new InvalidOperationException("Only an actor that implements IRaftSnapshot<TState> can have a snapshot taken of it.");
        }

        _process.Tell(new ToEngine.WantSnapshot(), _actor, _life);
    }

    /// <summary>Asks for what a range still waits for, as far as the window allows.</summary>
    internal void GetReserved()
    {
        while (_order.NextReserved(_process.Settings.GetWindow) is { } serial)
        {
            Get(serial);
        }
    }

    internal Entry<TValue> ToEntry(StoredPair pair, RequestRef? request) => new(pair.Serial, pair.Key, _values.Decode(pair.Value), request);

    internal Proposal<TValue> ToProposal(ToActor.Judge judge) => new(judge.Key, _values.Decode(judge.Value), judge.Request.Origin.Name);

    internal void Serve(ToActor.Serve serve, Func<Serial, Entry<TValue>?> handleGet)
    {
        StoredPair? answer = null;
        try
        {
            if (handleGet(serve.Serial) is { } entry)
            {
                answer = new StoredPair(serve.Serial, entry.Key, _values.Encode(entry.Value), null);
            }
        }
        finally
        {
            _process.Tell(new ToEngine.Served(serve.Request, answer), _actor, _life);
        }
    }

    internal void Complete(RequestRef? request, Serial serial, object? result)
    {
        if (request is { } own)
        {
            _process.Appends.End(own, new AppendOutcome.Done(own, serial, result), _actor);
        }
    }

    /// <param name="handleQuery">Null: the actor does not override it.</param>
    internal void Answer(RequestRef request, Func<object, object?>? handleQuery)
    {
        if (!_process.Questions.Remove(request.Number, out var question))
        {
            return;
        }

        QueryOutcome outcome = new QueryOutcome.Failed(request, "HandleQuery threw an exception.");
        try
        {
            outcome = handleQuery is null
                ? new QueryOutcome.Failed(request, "HandleQuery is not overridden, so this actor answers no queries. Override it.")
                : new QueryOutcome.Done(request, handleQuery(question.Asked));
        }
        finally
        {
            question.ReplyTo?.Tell(outcome, _actor);
        }
    }

    /// <summary>What an earlier life was asked nobody will answer, nor what this one was if it ends.</summary>
    internal void EndQueries()
    {
        foreach (var question in _process.Questions.Values)
        {
            question.ReplyTo?.Tell(new QueryOutcome.Failed(question.Request, "The actor restarted or stopped before it answered."), _actor);
        }

        _process.Questions.Clear();
    }

    /// <summary>Nobody can confirm anything any more.</summary>
    internal void LoseQueries()
    {
        foreach (var question in _process.Questions.Values)
        {
            _order.Take(new ToActor.Cancelled(_life, question.Request, new CancelReason.Unavailable()));
        }
    }

    internal void Abandon(RequestRef request, CancelReason reason)
    {
        if (_process.Questions.Remove(request.Number, out var question))
        {
            var why = _process.HasEngineStopped
                ? _process.EngineStopped.Detail
                : "No leader confirmed in time how much is committed. Ask again.";
            question.ReplyTo?.Tell(new QueryOutcome.Failed(request, why), _actor);
        }

        _process.Appends.End(request, new AppendOutcome.Cancelled(request, reason), _actor);
    }

    private RequestRef Change(GroupChange change, TimeSpan? timeout, IActorRef? replyTo)
    {
        var request = _process.NewRequest();
        var deadline = timeout ?? _process.Settings.ChangeTimeout;
        _process.Tell(new ToEngine.Change(request, change, deadline, replyTo), _actor, _life);
        return request;
    }
}
