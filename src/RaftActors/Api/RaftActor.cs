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
public abstract class RaftActor<TValue> : ReceiveActor
{
    private readonly DeliveryOrder _order;
    private readonly RaftProcess _process;
    private readonly long _life;
    private readonly RaftExtension _extension;

    /// <summary>Reads options and configuration; the process exists from here on, and Append and Get may be called.</summary>
    /// <param name="options">What is unset comes from the actor system's configuration; none at all is fine.</param>
    /// <exception cref="ArgumentException">A preloaded pair is too large or has no serializer.</exception>
    /// <exception cref="RaftConfigurationException">Something needed is missing or contradictory; the message says what to do.</exception>
    /// <exception cref="StoreException">What the process has on disk cannot be used; the message says why, and what to do.</exception>
    protected RaftActor(RaftOptions<TValue>? options = null)
    {
        options ??= new RaftOptions<TValue>();
        try
        {
            var values = new ValueCodec<TValue>(Context.System, options.Codec);
            values.DemandType("value", "RaftOptions.Codec");
            _extension = RaftExtension.Of(Context.System);
            var settings = _extension.ReadSettings(options, Self);
            LogSlice Preloaded() => Preload.Of(options.Preload.Select(pair => ToPayload(settings, pair, values)));
            _process = _extension.GetProcess(settings, Preloaded, options.Store);
            _life = _process.BeginLife();
            var preloaded = new Serial(Math.Min(options.Preload.Count, _process.Preloaded.Value));
            var last = options.LastSerial ?? preloaded;
            _process.DemandPairsAfter(last, this);
            _order = new DeliveryOrder(last, options.LearnerDelivery ?? _process.Settings.LearnerDelivery);
            Raft = new RaftGroup<TValue>(_process, _life, _order, values, Self, this is IRaftSnapshot);
        }
        catch (Exception cause)
        {
            StartFailure.Publish(Context.System, options.Group, options.Name ?? Self.Path.Name, cause);
            throw;
        }
    }

    /// <summary>What this actor knows of its group and may ask of it. For the actor's own thread only.</summary>
    protected RaftGroup<TValue> Raft { get; }

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

    /// <summary>Meets the engine before PreStart, so that PreStart may append. A subclass that overrides it calls it.</summary>
    public override void AroundPreStart()
    {
        Attach();
        ReleaseOnFailure(base.AroundPreStart);
    }

    /// <summary>
    /// Gives the process's name free for the next instance, which may not get so far as to be asked again. A subclass that overrides it
    /// calls it.
    /// </summary>
    public override void AroundPreRestart(Exception cause, object? message)
    {
        // The mailbox outlives this instance.
        foreach (var held in _order.HeldCancellations)
        {
            Self.Tell(new ToActor.Cancelled(ToActor.AnyLife, held.Request, held.Reason), Self);
        }

        _process.Release(Self);
        base.AroundPreRestart(cause, message);
    }

    /// <summary>Meets the engine anew, as a new life. A subclass that overrides it calls it.</summary>
    public override void AroundPostRestart(Exception cause, object? message)
    {
        Attach();
        ReleaseOnFailure(() => base.AroundPostRestart(cause, message));
    }

    /// <summary>Gives the process's name free for another actor. A subclass that overrides it calls it.</summary>
    public override void AroundPostStop()
    {
        Raft.EndQueries();
        _process.Release(Self);
        try
        {
            base.AroundPostStop();
        }
        finally
        {
            _process.OnActorGone(Self);
        }
    }

    /// <summary>Takes the raft messages out before Receive sees them. A subclass that overrides it calls it.</summary>
    protected override bool AroundReceive(Receive receive, object message)
    {
        if (message is not ToActor toActor)
        {
            return base.AroundReceive(receive, message);
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

    // An actor that fails on its way into life has no PostStop.
    private void ReleaseOnFailure(Action begin)
    {
        try
        {
            begin();
        }
        catch
        {
            _process.Release(Self);
            throw;
        }
    }

    private void Attach()
    {
        try
        {
            (this as IRaftSnapshot)?.DemandType(Context.System);
            _process.Claim(Self);
        }
        catch (RaftConfigurationException cause)
        {
            StartFailure.Publish(Context.System, _process.Settings.Group, _process.Pid.Name.Process, cause);
            throw;
        }

        Raft.EndQueries();
        _extension.Host.Tell(new ToEngine.Attach(_process, _life, _order.Serial, this is IRaftSnapshot, JudgesProposals()), Self);
    }

    private bool JudgesProposals() => IsOverridden((Func<Proposal<TValue>, Verdict>)HandleProposal);

    // A delegate names the most derived override.
    private static bool IsOverridden(Delegate callback) => callback.Method.DeclaringType != typeof(RaftActor<TValue>);

    private void Take(ToActor message)
    {
        switch (message)
        {
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
