using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Storage;

namespace RaftActors;

/// <summary>A raft actor whose values may be of any kind; see <see cref="RaftActor{TValue}"/>.</summary>
public abstract class RaftActor : RaftActor<object?>
{
    /// <inheritdoc/>
    protected RaftActor(RaftOptions<object?>? options = null)
        : base(options)
    {
    }
}

/// <summary>
/// An actor that is one process of a raft group: inherit, override what you need, start one on each node. All processes of the group are
/// handed the same pairs under the same serials.
/// <para>
/// The callbacks run in the actor, one at a time and in order, between its ordinary messages; Receive, Become, stash and timers are the
/// subclass's own and never see a raft message. An exception in a callback goes to the supervisor like any other. Consensus itself runs
/// beside the actor, in <c>/system/raft/{group}/{name}</c>, so neither a slow callback nor a restart costs an election. Each instance of
/// the actor is a life of its own: it is handed everything after its <see cref="RaftOptions{TValue}.LastSerial"/> anew.
/// </para>
/// </summary>
/// <typeparam name="TValue">
/// Strings, numbers, bool, byte[] and null need no serializer. Other types need a <see cref="RaftOptions{TValue}.Codec"/>, or a serializer
/// in <c>akka.actor.serialization-bindings</c>.
/// </typeparam>
public abstract partial class RaftActor<TValue> : ReceiveActor
{
    private readonly RaftExtension _extension;
    private readonly RaftOptions<TValue> _options;
    private readonly ValueCodec<TValue> _values;
    private readonly ProcessOpening _opening;
    // Set when the store is open, before any message is handled.
    private DeliveryOrder _order = null!;
    private RaftProcess _process = null!;
    private long _life;
    private RaftGroup<TValue>? _raft;

    /// <summary>
    /// Reads options and configuration, and begins to open the store on another thread. PreStart runs when the store is open; earlier
    /// messages wait. If the store cannot be opened, the actor fails with an <see cref="ActorInitializationException"/>.
    /// </summary>
    /// <param name="options">Unset options come from the actor system's configuration; null sets none.</param>
    /// <exception cref="ArgumentException">A preloaded pair is too large or has no serializer.</exception>
    /// <exception cref="RaftConfigurationException">A setting is missing or contradicts another; the message says what to do.</exception>
    /// <exception cref="StoreException">The store cannot be opened; the message says why, and what to do.</exception>
    protected RaftActor(RaftOptions<TValue>? options = null)
    {
        _options = options ?? new RaftOptions<TValue>();
        try
        {
            var values = _values = new ValueCodec<TValue>(Context.System, _options.Codec);
            values.DemandType("value", "RaftOptions.Codec");
            _extension = RaftExtension.Of(Context.System);
            var settings = _extension.ReadSettings(_options, Self);
            LogSlice Preloaded() => Preload.Of(_options.Preload.Select(pair => ToPayload(settings, pair, values)));
            _opening = _extension.Open(settings, Preloaded, _options.Store);
        }
        catch (Exception cause)
        {
            PublishFailure(cause);
            throw;
        }

        if (_opening.HasEnded)
        {
            BeginLife();
        }
    }

    /// <summary>
    /// What this actor knows of its group and may ask of it. For the actor's own thread only. In the constructor the first use waits until
    /// the store is open; from PreStart on it is open.
    /// </summary>
    /// <exception cref="StoreException">In the constructor: the store cannot be opened.</exception>
    protected RaftGroup<TValue> Raft => _raft ?? BeginLife();

    /// <summary>
    /// A committed pair. On every process, once in each life of the actor, in the order of the serials (as-committed learners may differ:
    /// <see cref="RaftActors.LearnerDelivery"/>). On the process that appended it <see cref="Entry{TValue}.Request"/> is set, and
    /// what is returned goes back to the <c>replyTo</c> of its Append.
    /// </summary>
    protected abstract object? HandleAppend(Entry<TValue> entry);

    /// <summary>
    /// The answer to a Get, in the order of the Gets: a pair handed this way is not handed by HandleAppend as well. By default a fetched
    /// pair is a pair: HandleAppend is called.
    /// </summary>
    protected virtual void HandleSerial(Entry<TValue> entry) => HandleAppend(entry);

    /// <summary>
    /// Pairs of the group that this actor has not been handed. On a quorum member once in a life, after its first HandleLeader, if it is
    /// behind the leader; later HandleAppends wait until these are handed. On an as-committed learner after the first HandleAppend.
    /// Whatever is not asked for here by Get comes through HandleAppend. By default all are asked for.
    /// </summary>
    protected virtual void HandleMissing(SerialRange gap) => Raft.Get(gap);

    /// <summary>
    /// Another process asks for a pair that is committed, and handed to this actor unless it waits for missing ones. Null sends the asker
    /// to another process. By default the answer comes from the log; override to serve from the application's own store.
    /// </summary>
    protected virtual Entry<TValue>? HandleGet(Serial serial) => Raft.Read(serial);

    /// <summary>
    /// The quorum's members, or this process's own membership, changed; null: the quorum is lost, which is to say silent for two election
    /// timeouts. On every process. By default nothing happens.
    /// </summary>
    protected virtual void HandleQuorum(Quorum? quorum)
    {
    }

    /// <summary>
    /// A leader was elected; null: it is lost. Called on quorum members only, in order, and after the HandleQuorum that it belongs to.
    /// Called again for the same leader and term when <see cref="RaftActors.Leader.IsReady"/> has become true. On learners read
    /// <see cref="RaftGroup{TValue}.Leader"/>. By default nothing happens.
    /// </summary>
    protected virtual void HandleLeader(Leader? leader)
    {
    }

    /// <summary>
    /// On the leader, before a pair is written, in the order of arrival. Advisory: several proposals may be judged before the first of
    /// them is committed, so hard rules belong into HandleAppend. An exception discards the pair. By default all are accepted.
    /// </summary>
    protected virtual Verdict HandleProposal(Proposal<TValue> proposal) => Verdict.Accept;

    /// <summary>
    /// A Query of this actor may be answered: it has been handed everything that was committed, anywhere, before it was made. What is
    /// returned goes to its <c>replyTo</c>; null is an answer too. Unless it is overridden, the Query ends as
    /// <see cref="QueryOutcome.Failed"/>.
    /// </summary>
    protected virtual object? HandleQuery(object question) => null;

    /// <summary>
    /// An Append, a Get or a Query of this actor ended without success. Every Get ends here or in HandleSerial. By default nothing happens.
    /// </summary>
    protected virtual void HandleCancel(RequestRef request, CancelReason reason)
    {
    }

    /// <summary>A process of the group became known, or known again. By default nothing happens.</summary>
    protected virtual void HandlePeer(Peer peer)
    {
    }

    /// <summary>Takes the raft messages out before Receive sees them. A subclass that overrides it calls it.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (_start is not null)
        {
            ReceiveEarly(message);
            return true;
        }

        if (message is not ToActor toActor)
        {
            return !_deferred.TryPass(ref message, Self, Sender) || base.AroundReceive(receive, message);
        }

        // What was sent to an earlier life is still in the mailbox after a restart; this life gets its own copy.
        if (toActor.Life == _life || toActor.Life == ToActor.AnyLife)
        {
            Take(toActor);
            RunDue();
        }

        return true;
    }

    private static Payload.Pair ToPayload(RaftSettings settings, (string Key, TValue Value) pair, ValueCodec<TValue> values)
    {
        var bytes = values.Encode(pair.Value);
        settings.DemandFits(pair.Key, bytes);
        return new Payload.Pair(null, pair.Key, bytes);
    }

    private bool JudgesProposals() => IsOverridden((Func<Proposal<TValue>, Verdict>)HandleProposal);

    // A delegate names the most derived override.
    private static bool IsOverridden(Delegate callback) => callback.Method.DeclaringType != typeof(RaftActor<TValue>);

    private void Take(ToActor message)
    {
        switch (message)
        {
            case ToActor.OpeningEnded:
                break;
            case ToActor.Attached attached:
                _process.MeetEngine(attached.Engine, _life);
                break;
            case ToActor.EngineStopped:
                LoseEngine();
                break;
            case ToActor.Judge judge:
                Judge(judge);
                break;
            case ToActor.CommittedPairs committed:
                foreach (var pair in committed.Pairs)
                {
                    _order.Take(new ToActor.Committed(committed.Life, pair, _process.OwnRef(pair)));
                }

                break;
            case ToActor.Serve serve:
                Raft.Serve(serve, HandleGet);
                break;
            case ToActor.Resumed { Own: var own, Serial: var serial }:
                Raft.Complete(own, serial, null);
                break;
            default:
                _order.Take(message);
                break;
        }
    }

    private void LoseEngine()
    {
        _process.LoseEngine(Self, _life);
        Raft.LoseQueries();
        _order.LoseEngine();
    }

    // One step at a time, computed when the one before is done: what a callback asks for decides what comes next, and if it throws
    // under a supervisor that resumes, the rest is still there.
    private void RunDue()
    {
        Raft.GetReserved();
        while (_order.TryTakeNext() is { } step)
        {
            var hasReturned = false;
            try
            {
                Run(step);
                hasReturned = true;
            }
            finally
            {
                if (!hasReturned)
                {
                    OnFailed(step);
                }
            }

            Raft.GetReserved();
        }

        if (_process.HasEngineStopped)
        {
            // What is committed and still waits for a missing pair is never handed over.
            _process.Appends.EndNoted(_ => true, Self);
        }
    }

    // Read only if the supervisor resumes the actor: the pair counts as handed over, and the steps behind it are due. After a restart the
    // next life is handed the pair anew. A snapshot that could not be restored is due again with the next message, and not at once.
    private void OnFailed(DeliveryStep step)
    {
        switch (step)
        {
            case DeliveryStep.Append append:
                Self.Tell(new ToActor.Resumed(_life, append.Request, append.Pair.Serial), Self);
                break;
            case DeliveryStep.Answer answer:
                Self.Tell(new ToActor.Resumed(_life, answer.Own, answer.Pair.Serial), Self);
                break;
            case not DeliveryStep.Restore:
                Self.Tell(new ToActor.Resumed(_life, null, default), Self);
                break;
        }
    }

    private void Run(DeliveryStep step)
    {
        switch (step)
        {
            case DeliveryStep.PeerMet met:
                HandlePeer(met.Peer);
                break;
            case DeliveryStep.QuorumChanged changed:
                HandleQuorum(changed.Quorum);
                break;
            case DeliveryStep.LeaderChanged changed:
                HandleLeader(changed.Leader);
                break;
            case DeliveryStep.Missing missing:
                HandleMissing(missing.Gap);
                break;
            case DeliveryStep.Append append:
                Raft.Complete(append.Request, append.Pair.Serial, HandleAppend(Raft.ToEntry(append.Pair, append.Request)));
                break;
            case DeliveryStep.Answer answer:
                HandleSerial(Raft.ToEntry(answer.Pair, answer.Request));
                Raft.Complete(answer.Own, answer.Pair.Serial, null);
                break;
            case DeliveryStep.Completed completed:
                Raft.Complete(completed.Request, completed.Serial, null);
                break;
            case DeliveryStep.Restore:
                Restore();
                break;
            case DeliveryStep.TakeSnapshot taking:
                TakeSnapshot(taking.Serial);
                break;
            case DeliveryStep.Query query:
                Raft.Answer(query.Request, IsOverridden((Func<object, object?>)HandleQuery) ? HandleQuery : null);
                break;
            case DeliveryStep.Cancel cancel:
                Raft.Abandon(cancel.Request, cancel.Reason);
                HandleCancel(cancel.Request, cancel.Reason);
                break;
        }
    }

    private void Restore()
    {
        if (this is not IRaftSnapshot snapshots)
        {
            throw _process.SnapshotNotTaken(this);
        }

        (Serial Serial, ReadOnlyMemory<byte> State) latest;
        try
        {
            latest = _process.ReadSnapshot();
        }
        catch (StoreException e)
        {
            // Another life would fail in the same place, and the next one too: it is the store that has failed, and not the actor.
            _order.GiveUp();
            _process.Tell(new ToEngine.Unreadable(e.Message), Self, _life);
            return;
        }

        snapshots.Restore(Context.System, latest.Serial, latest.State);
        _order.Restored(latest.Serial);
    }

    private void TakeSnapshot(Serial serial)
    {
        ReadOnlyMemory<byte>? state = null;
        try
        {
            state = ((IRaftSnapshot)this).Take(Context.System, serial);
        }
        finally
        {
            _process.Tell(new ToEngine.State(serial, state), Self, _life);
        }
    }

    private void Judge(ToActor.Judge judge)
    {
        Verdict? verdict = null;
        try
        {
            verdict = HandleProposal(Raft.ToProposal(judge));
        }
        finally
        {
            _process.Tell(new ToEngine.Judged(judge.Request, verdict ?? Verdict.Discard("HandleProposal failed.")), Self, _life);
        }
    }
}
