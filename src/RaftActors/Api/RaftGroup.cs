using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;

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

    internal RaftGroup(RaftProcess process, long life, DeliveryOrder order, ValueCodec<TValue> values, IActorRef actor)
    {
        _process = process;
        _life = life;
        _order = order;
        _values = values;
        _actor = actor;
    }

    /// <summary>This process.</summary>
    public Pid Self => _process.Pid;

    /// <summary>
    /// The highest serial that this actor has been handed, or had at its start. Inside HandleAppend it is the entry's own already.
    /// </summary>
    public Serial Serial => _order.Serial;

    /// <summary>The quorum; null before it is built and after it is lost.</summary>
    public Quorum? Quorum => _order.Quorum;

    /// <summary>The leader; null if none is known, and on followers.</summary>
    public Leader? Leader => _order.Leader;

    /// <summary>The other processes met so far, by name.</summary>
    public IReadOnlyList<Peer> Peers => _order.Peers;

    /// <summary>All of it on one line.</summary>
    public RaftStatus Status => new(Self, _process.Settings.Group, Serial, _process.Store.CommittedSerial, Quorum, Leader, Peers);

    /// <summary>
    /// Appends a pair, from any process. It ends in HandleAppend with the ref returned here, or in HandleCancel. Without a leader it
    /// waits for one. Appends of one process are committed in the order made as long as the leader stays and, for a follower's, the quorum
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
        if (replyTo is not null)
        {
            _process.ReplyTo[request.Number] = replyTo;
        }

        _process.Tell(new ToEngine.Append(request, key, bytes, timeout ?? _process.Settings.AppendTimeout), _actor, _life);
        return request;
    }

    /// <summary>
    /// Asks the quorum for a committed pair. It ends in HandleSerial with the ref returned here, or in HandleCancel. Until then
    /// HandleAppend does not bring this pair, and later ones wait for it where they come in order.
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

    /// <summary>Reads a committed pair from this process's own log, at once; null if it is not committed here yet.</summary>
    public Entry<TValue>? Read(Serial serial) => _process.Store.Read(serial) is { } pair ? ToEntry(pair, null) : null;

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
        if (request is { } own && _process.ReplyTo.Remove(own.Number, out var replyTo))
        {
            replyTo.Tell(new AppendOutcome.Done(own, serial, result), _actor);
        }
    }

    internal void Abandon(RequestRef request, CancelReason reason)
    {
        if (_process.ReplyTo.Remove(request.Number, out var replyTo))
        {
            replyTo.Tell(new AppendOutcome.Cancelled(request, reason), _actor);
        }
    }
}
