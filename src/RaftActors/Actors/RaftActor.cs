using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Storage;
using RaftActors.Values;

namespace RaftActors;

/// <summary>
/// The base class of a replicated actor. Derive from it, override <see cref="HandleAppend"/>, and start one instance on each node. The
/// instances form a group. All of them receive the same key/value pairs in the same order, with the same serials.
/// <para>
/// The callbacks run in the actor, one at a time, between its ordinary messages, so they need no locks. Receive, Become, stash and
/// timers belong to the subclass and never see a raft message. The callbacks are synchronous: start slow work as a task, and pipe its
/// result to Self. An exception in a callback goes to the supervisor, except one of HandleQuery.
/// </para>
/// <para>
/// Consensus runs beside the actor, in its engine at <c>/system/raft/{group}/{name}</c>. So a slow callback delays no heartbeat, and a
/// restart of the actor costs no election.
/// </para>
/// <para>
/// Each instance of the actor is a life. A new life receives every pair again: above the latest snapshot
/// (<see cref="IRaftSnapshot{TState}"/>), or above <see cref="RaftOptions{TValue}.LastSerial"/>.
/// </para>
/// </summary>
/// <typeparam name="TValue">
/// The type of the values. Strings, numbers, bool, byte[], ReadOnlyMemory of bytes and null need no serializer. Other types need
/// <see cref="RaftActors.Raft.UseJson"/>, a <see cref="RaftOptions{TValue}.Codec"/>, or a serializer in
/// <c>akka.actor.serialization-bindings</c>. A ReadOnlyMemory of bytes is a view of the log: it costs no copy, but it keeps up to 128 KiB
/// of other values in memory while it is kept.
/// </typeparam>
/// <typeparam name="TResult">
/// The type of the results of HandleAppend. The same types need no serializer. Other types need a <see cref="ResultCodec"/>, or a
/// serializer in <c>akka.actor.serialization-bindings</c>, since the caller of Append may be on another node.
/// </typeparam>
public abstract partial class RaftActor<TValue, TResult> : ReceiveActor
{
    private readonly ActorSystem _system;
    private readonly RaftActors.Raft? _extension;
    private readonly RaftOptions<TValue> _options;
    private readonly ValueCodec<TValue> _values;
    private readonly ValueCodec<object?> _questions;
    private readonly ActorOverrides _overrides;
    private ProcessOpening _opening;
    private Serial _begunAt;

    /// <summary>
    /// Reads the options and the configuration, and begins to open the store on another thread. PreStart runs when the store is open,
    /// and earlier messages wait.
    /// <para>
    /// If a setting is missing or wrong, or the store cannot be opened, the actor fails after its constructor with an
    /// <see cref="ActorInitializationException"/>, and by default its supervisor stops it. The cause is a
    /// <see cref="RaftConfigurationException"/> or a <see cref="StoreException"/>, and its message names the remedy. Each failed start is
    /// also published as <see cref="RaftEvent.StartFailed"/>.
    /// </para>
    /// </summary>
    /// <param name="options">Null, and each unset option: the actor system's configuration decides.</param>
    protected RaftActor(RaftOptions<TValue>? options = null)
    {
        _options = options ?? new RaftOptions<TValue>();
        _overrides = ActorOverrides.Of(GetType(), FindOverrides);
        _system = Context.System;
        var values = _values = new ValueCodec<TValue>(_system, _options.Codec);
        _questions = new ValueCodec<object?>(_system, codecPlace: null);
        try
        {
            _extension = RaftActors.Raft.Get(_system);
            values.DemandType("value");
            RaftConfigurationException.Demand(LogicVersion >= 1, $"{GetType().Name}.LogicVersion is {LogicVersion}. Use 1 or more.");
            var settings = _extension.ReadSettings(_options, Self) with
            {
                Program = new RaftProgram(LogicVersion, ProgramType.Module.ModuleVersionId, values.Contract),
            };
            LogSlice Preloaded() => Preload.Of(_options.Preload.Select(pair => ToPayload(settings, pair, values)));
            _opening = _extension.Open(settings, Preloaded, _options.Store);
        }
        catch (Exception cause)
        {
            _opening = ProcessOpening.Failed(cause);
        }

        // A failure comes by the mailbox, because Akka would wrap one of the constructor, and log it with its stack trace.
        if (_opening.IsOpen)
        {
            BeginLife();
        }
    }

    /// <summary>
    /// This actor's access to its group: calls and views. Not thread-safe; use it inside this actor only. In the constructor, the first
    /// use blocks until the store is open. From PreStart on, the store is open.
    /// </summary>
    /// <exception cref="RaftException">In the constructor only: a setting is wrong, or the store cannot be opened.</exception>
    protected RaftContext<TValue, TResult> Group => Life.Raft;

    /// <summary>
    /// Called with each committed pair, on every process, once in each life of the actor. Change the actor's state here. If the change
    /// depends on the pair and the state only, all processes reach the same state.
    /// <para>
    /// Pairs come in the order of their serials. Exception: a learner with <c>raft.learner.delivery = as-committed</c>.
    /// </para>
    /// <para>
    /// If this method throws and the supervisor resumes the actor, the pair counts as delivered. After a restart it comes again. An actor
    /// that fails three times at one pair is held there (<see cref="RaftStatus.Problems"/>), and tries again after growing pauses.
    /// </para>
    /// </summary>
    /// <param name="entry">
    /// The pair. <see cref="Entry{TValue}.Request"/> is set on the process that appended it, and null on all others.
    /// </param>
    /// <returns>
    /// The result for the caller of Append, in <see cref="Outcome{TResult}.Result"/>. Every process keeps it for repeats: as it is if it is
    /// a string, a number, a bool or null, and as bytes otherwise. Other threads read it later, so return an immutable object or a copy of
    /// the state.
    /// </returns>
    protected abstract TResult HandleAppend(Entry<TValue> entry);

    /// <summary>
    /// The newest version of the rules by which this program applies pairs: 1, 2 and so on. Give a constant. Raise it when HandleAppend
    /// would come to another result or state from the same pairs, and keep the rules of every version that the log may still have.
    /// <para>
    /// The group has one version. Its leader raises it when the programs of all members have the new one, at one place in the log. From
    /// there on <see cref="Entry{TValue}.LogicVersion"/> is the new version, on every process. A program that lacks the version of its
    /// group does not apply pairs: it stops with an error. A new group begins with the highest version that all its founders have.
    /// </para>
    /// </summary>
    protected virtual int LogicVersion => _options.LogicVersion;

    /// <summary>The class whose assembly has the rules.</summary>
    internal virtual Type ProgramType => GetType();

    /// <summary>
    /// Called on every process between the same two pairs, when the group has another logic version: change the state as the new rules need
    /// it. Not called if the actor has no pairs yet. Pairs and snapshots come after it. If it throws, it is called again in the next life,
    /// as HandleAppend is. Default: does nothing.
    /// </summary>
    /// <param name="from">The version of the state until now.</param>
    /// <param name="to">The version from now on, which may be more than one higher.</param>
    protected virtual void HandleUpgrade(int from, int to)
    {
    }

    /// <summary>
    /// Called when an actor that fetches pairs itself lacks committed ones. By default nothing is fetched, and HandleAppend delivers every
    /// pair in order. An actor that overrides this method or <see cref="HandleSerial"/> may fetch pairs by Get. HandleAppend delivers the
    /// others.
    /// <para>
    /// On a quorum member: once in a life, after the first HandleLeader, if it lacks pairs up to the leader's serial. Later
    /// HandleAppends wait for the missing pairs. On a learner with <c>raft.learner.delivery = as-committed</c>: after the
    /// first HandleAppend that leaves a gap. On other learners: never.
    /// </para>
    /// </summary>
    /// <param name="gap">The missing serials.</param>
    protected virtual void HandleMissing(SerialRange gap)
    {
    }

    /// <summary>
    /// Called when another process fetches a pair by Get. The pair is committed. It was delivered to this actor before, unless this
    /// actor itself waits for missing pairs. Default: reads the log. Override it to serve the pair from a store of the application.
    /// </summary>
    /// <param name="serial">The serial of the pair.</param>
    /// <returns>The pair. Null: the other process asks elsewhere.</returns>
    protected virtual Entry<TValue>? HandleGet(Serial serial) => Group.Read(serial);

    /// <summary>
    /// Called on every process when the members of the quorum change, or when the quorum is lost or found again. Default: does nothing.
    /// </summary>
    /// <param name="quorum">The quorum. Null: the quorum is lost, because it was silent for two election timeouts.</param>
    protected virtual void HandleQuorum(Quorum? quorum)
    {
    }

    /// <summary>
    /// Called on quorum members when the leader changes, after the HandleQuorum of the same election. No change is left out. Learners
    /// read <see cref="RaftContext{TValue, TResult}.Leader"/> instead. Default: does nothing.
    /// </summary>
    /// <param name="leader">
    /// The leader, which may be this process. Its <see cref="RaftActors.Leader.IsReady"/> is false at first; a second call for the same
    /// term reports that it became true. Null: the leader is lost, because it was silent for an election timeout.
    /// </param>
    protected virtual void HandleLeader(Leader? leader)
    {
    }

    /// <summary>
    /// Called on the leader before a pair is written, in the order of arrival. Default: accepts every pair.
    /// <para>
    /// The check sees the state after the delivered pairs only. Two proposals in flight can both pass. Check a rule that must hold in
    /// <see cref="HandleAppend"/>, again. An exception here discards the pair and goes to the supervisor.
    /// </para>
    /// </summary>
    /// <param name="proposal">The pair.</param>
    /// <returns>
    /// Null accepts the pair. A text discards it: the Append ends as <see cref="FailureKind.NotDone"/> with this text, which the
    /// caller sees as <see cref="RaftFailure.Detail"/>.
    /// </returns>
    protected virtual string? HandleProposal(Proposal<TValue> proposal) => null;

    /// <summary>
    /// Called when a Query of this actor may be answered: the actor's state has the consistency of the Query. By default the actor has
    /// received every pair that any process had committed before the Query was made. Without an override, each Query fails.
    /// <para>
    /// A client may ask any value. An exception fails the Query (<see cref="FailureReason.HandlerFailed"/>), and does not reach the
    /// supervisor: a caller that only reads must not restart the actor.
    /// </para>
    /// </summary>
    /// <param name="question">The argument of <see cref="RaftContext{TValue, TResult}.Query"/>.</param>
    /// <returns>
    /// The answer, for the <c>replyTo</c> of the Query. Null is an answer, too. Other threads read it later, so return an immutable object
    /// or a copy of the state.
    /// </returns>
    protected virtual object? HandleQuery(object question) => null;

    /// <summary>
    /// Called when an Append, a Get or a Query of this actor ends without success, unless the call returned a task. Default: does nothing,
    /// except that a <c>replyTo</c> receives its outcome in any case.
    /// </summary>
    /// <param name="call">The call: what it asked for, the ref that it returned, and why it failed.</param>
    protected virtual void HandleCancel(CanceledCall call)
    {
    }

    /// <summary>
    /// Called when this process meets another process of the group, also again after its restart, and when its actor or its reachability
    /// changes. Default: does nothing.
    /// </summary>
    /// <param name="peer">The other process.</param>
    protected virtual void HandlePeer(Peer peer)
    {
    }

    /// <summary>Handles the raft messages, and passes all others to Receive. An override must call it.</summary>
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

        // After a restart the mailbox still has messages to the earlier life. The engine sends this life its own copies.
        if (toActor.Life == Life.Number || toActor.Life == ToActor.AnyLife)
        {
            OnEngineMessage(toActor);
        }

        return true;
    }

    private static Payload.Pair ToPayload(RaftSettings settings, (string Key, TValue Value) pair, ValueCodec<TValue> values)
    {
        var bytes = values.Encode(pair.Value);
        settings.Limits.DemandFits(pair.Key, bytes.Length);
        return new Payload.Pair(null, pair.Key, bytes);
    }

    private Func<object, object?> Answers => field ??= HandleQuery;

    private ActorOverrides FindOverrides() => new(
        AnswersQueries: IsOverridden((Func<object, object?>)HandleQuery),
        ValidatesProposals: IsOverridden((Func<Proposal<TValue>, string?>)HandleProposal),
        HandlesReminders: IsOverridden((Action<Entry<TValue>>)HandleReminder),
        Pulls: IsOverridden((Action<SerialRange>)HandleMissing) || IsOverridden((Action<Entry<TValue>>)HandleSerial));

    // A delegate names the most derived override.
    private static bool IsOverridden(Delegate callback) => callback.Method.DeclaringType != typeof(RaftActor<TValue, TResult>);

    private void OnEngineMessage(ToActor message)
    {
        switch (message)
        {
            case ToActor.Continue:
                Life.Turns.OnContinue();
                break;
            case ToActor.Resumed resumed:
                EndHoldIf(Life.Process.Tries.OnPassed(resumed.Failed, Life.Order.Complete));
                Complete(resumed.Waiting, resumed.Serial);
                EndReminder(resumed.Waiting);
                break;
            default:
                Life.Turns.Add(message);
                break;
        }

        if (!Life.Turns.IsComing)
        {
            RunTurn();
        }
    }

    private void Take(ToActor message)
    {
        switch (message)
        {
            case ToActor.OpeningEnded:
                break;
            case ToActor.Attached attached:
                Life.Order.Take(attached);
                Life.Process.Engine.Meet(attached.Engine, Life.Number);
                break;
            case ToActor.EngineStopped:
                LoseEngine();
                break;
            case ToActor.Validate validate:
                Validate(validate);
                break;
            case ToActor.Readable readable:
                foreach (var query in readable.Queries)
                {
                    if (query.Asked is not { } asked || Group.TryOpen(query.Request, asked))
                    {
                        Life.Order.TakeQuery(query.Request, readable.Serial);
                    }
                }

                break;
            case ToActor.Throw thrown:
                thrown.Cause.Throw();
                break;
            case ToActor.ReminderDue due:
                Life.Clock.OnWoken(due);
                TellReminders();
                break;
            case ToActor.WantDigest wanted:
                WantDigest(wanted.Serial);
                break;
            case ToActor.Serve serve:
                Group.Serve(serve, HandleGet);
                break;
            default:
                Life.Order.Take(message);
                break;
        }
    }

    // A turn ends before a batch or behind it. At a pair that is held there is no step.
    private bool IsInBatch(DeliveryStep? step) => step is DeliveryStep.Append && Life.Order.IsInBatch;

    private static string CallbackOf(DeliveryStep step) =>
        step is DeliveryStep.Append { Pair.Value: var value } && ValueCodec<TValue>.IsReminder(value.Span)
            ? nameof(HandleReminder)
            : step.Callback;

    private static string CallbackOf(ToActor message) => message switch
    {
        ToActor.Validate => "HandleProposal",
        ToActor.Serve => "HandleGet",
        _ => message.GetType().Name,
    };

    private void LoseEngine()
    {
        Life.Process.Engine.Lose(Self, Life.Number);
        Group.LoseQueries();
        Life.Order.LoseEngine(Life.Process.EngineStopped);
    }

    // Takes each step after the one before has returned, because a callback may change the next step. If a callback throws and the
    // supervisor resumes the actor, the other steps are still due.
    private void RunTurn()
    {
        DeliveryStep? step = null;
        var isDue = true;
        var begun = Life.Slow.Now;
        SendTurn.Begin();
        try
        {
            for (var length = 0; isDue && (length < DeliveryTurns.LengthMax || IsInBatch(step)); length++)
            {
                // Otherwise a failure in the search for the next step would count as one of the step before.
                Group.Running = step = null;
                Group.GetReserved();
                Group.Running = step = Life.Order.TryTakeNext(Results.Logic);
                if (step is not null)
                {
                    Run(step);
                    begun = Life.Slow.OnEnded(step.Callback, begun, Life.Order.Serial);
                }
                else if (Life.Turns.TryTake() is { } message)
                {
                    Take(message);
                    begun = Life.Slow.OnEnded(CallbackOf(message), begun, Life.Order.Serial);
                }
                else
                {
                    isDue = false;
                }
            }
        }
        catch (Exception cause)
        {
            OnFailed(step, cause);
            throw;
        }
        finally
        {
            Group.Running = null;
            SendTurn.End();
        }

        // Not after a failure, because the next life lacks the pair.
        Life.Process.Delivered = Life.Order.Complete;
        if (isDue)
        {
            Life.Turns.Ask();
        }
        else if (Life.Process.Engine.HasStopped)
        {
            // A committed pair that waits for a missing one is never delivered.
            Life.Process.Appends.EndNoted(Self, Results);
        }
    }

    // If the supervisor resumes the actor, it takes this message, so the pair counts as delivered. After a restart the message is ignored,
    // and the next life receives the pair again.
    private void OnFailed(DeliveryStep? step, Exception cause)
    {
        var failed = DeliveryPlace.Of(step);
        if (failed is { } place && step is not null)
        {
            Life.Process.Tries.OnFailed(place, CallbackOf(step), cause);
        }

        var (own, serial) = step switch
        {
            DeliveryStep.Append append => (append.Waiting, append.Pair.Serial),
            DeliveryStep.Answer answer => (answer.Waiting, answer.Pair.Serial),
            _ => (null, default),
        };
        if (step is DeliveryStep.Append or DeliveryStep.Answer)
        {
            Results.Skip(serial);
        }

        // A snapshot that was not restored is due again.
        Self.Tell(new ToActor.Resumed(Life.Number, own, serial, step is DeliveryStep.Restore ? null : failed), Self);
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
                OnLeader(changed.Leader);
                HandleLeader(changed.Leader);

                // The Appends of HandleLeader come first.
                TellReminders();
                break;
            case DeliveryStep.Missing missing:
                HandleMissing(missing.Gap);
                OnPassed(missing);
                break;
            case DeliveryStep.ToldAll:
                EndHoldIf(Life.Process.Tries.OnToldAll());
                break;
            case DeliveryStep.Upgrade upgrade:
                Run(upgrade);
                break;
            case DeliveryStep.Append append:
                Run(append);
                break;
            case DeliveryStep.Answer answer:
                Run(answer);
                break;
            case DeliveryStep.Completed completed:
                Complete(completed.Waiting, completed.Serial);
                EndReminder(completed.Waiting);
                break;
            case DeliveryStep.Restore restore:
                Restore(restore);
                break;
            case DeliveryStep.TakeSnapshot taking:
                TakeSnapshot(taking.Serial);
                break;
            case DeliveryStep.Query query:
                Group.Answer(query.Request, _overrides.AnswersQueries ? Answers : null);
                break;
            case DeliveryStep.Cancel cancel:
                if (Life.Clock.OnCancelled(cancel.Request))
                {
                    TellReminders();
                }

                if (Group.Abandon(cancel) is { } abandoned)
                {
                    HandleCancel(abandoned);
                }

                break;
        }
    }

    // The group has a version only once the programs of all members had it. A later start may be of an older program.
    private bool GivesUpAt(int logic)
    {
        if (logic <= LogicVersion)
        {
            return false;
        }

        Life.Order.GiveUp();
        var why = Refusals.WhyOld(Life.Process.Name, $"logic version {logic}", LogicVersion);
        Life.Process.Engine.Tell(new ToEngine.Unable(why), Self, Life.Number);
        return true;
    }

    private void Run(DeliveryStep.Upgrade upgrade)
    {
        if (!GivesUpAt(upgrade.To))
        {
            // A life without pairs has no state of earlier rules.
            if (_options.LastSerial is not null || Life.Order.Serial > _begunAt)
            {
                HandleUpgrade(upgrade.From, upgrade.To);
            }

            Results.Logic = upgrade.To;
            OnPassed(upgrade);
        }
    }

    private void Run(DeliveryStep.Append append)
    {
        var entry = Group.ToEntry(append.Pair, append.Waiting, Life.Process.Pairs.EpochOf(append.Pair.Serial));
        using var span = Life.Process.Telemetry.BeginApply(entry.Serial);
        var start = Life.Process.Telemetry.Applies.Start();
        if (TryRemind(append.Pair, entry))
        {
            Life.Process.Telemetry.Applies.Stop(start);
            OnPassed(append);
            Complete(append.Waiting, entry.Serial);
            EndReminder(append.Waiting);
            return;
        }

        var result = HandleAppend(entry);
        Life.Process.Telemetry.Applies.Stop(start);
        Results.Add(append.Pair, result);
        OnPassed(append);
        if (append.Waiting is { } own)
        {
            Complete(own, entry.Serial, result);
        }
    }

    private void OnPassed(DeliveryStep step)
    {
        EndHoldIf(Life.Process.Tries.OnPassed(DeliveryPlace.Of(step), Life.Order.Complete));
        DigestIfDue();
    }

    private void EndHoldIf(bool hasEnded)
    {
        if (hasEnded)
        {
            Life.Process.Engine.Tell(new ToEngine.HoldEnded(), Self, Life.Number);
        }
    }

    private void Restore(DeliveryStep.Restore restore)
    {
        if (this is not IRaftSnapshot snapshots)
        {
            throw Life.Process.SnapshotNotTaken(this);
        }

        if (Life.Process.Snapshot is { Configuration.Version.Logic: var logic } && GivesUpAt(logic))
        {
            return;
        }

        Serial serial;
        try
        {
            serial = snapshots.Restore(Context.System, Life.Process, Results);
        }
        catch (UnreadableSnapshotException e)
        {
            // Not thrown, because the store has failed and not the actor, so every further life would fail here too.
            Life.Order.GiveUp();
            Life.Process.Engine.Tell(new ToEngine.Unable(RaftProcess.OfStore(e)), Self, Life.Number);
            return;
        }

        Life.Order.Restored(serial);
        Life.Clock.OnRestored(Results.Reminders);
        Group.Latest.Restored = serial;
        OnPassed(restore);
        Life.Process.Appends.EndCommittedTo(serial, Self, Results);
    }

    private void TakeSnapshot(Serial serial)
    {
        Life.Process.Engine.Tell(new ToEngine.StateBegun(serial), Self, Life.Number);
        try
        {
            var state = SnapshotTail.Append(((IRaftSnapshot)this).Take(Context.System, serial), Results);
            Life.Process.Engine.Tell(new ToEngine.State(serial, state, this is not IRaftStreamSnapshot), Self, Life.Number);
        }
        catch (Exception e)
        {
            Life.Process.Engine.Tell(new ToEngine.State(serial, null, IsBlock: false, FailureText.Of(e)), Self, Life.Number);
            throw;
        }
    }

    private void Validate(ToActor.Validate validate)
    {
        string? fault = "HandleProposal threw an exception on the leader.";
        try
        {
            fault = validate.Count > 1 ? FindFault(validate)
                : ValueCodec<TValue>.IsReminder(validate.Value.Span) ? null
                : HandleProposal(Group.ToProposal(validate.Request, validate.Key, validate.Value));
        }
        finally
        {
            Life.Process.Engine.Tell(new ToEngine.Validated(validate.Request, fault), Self, Life.Number);
        }
    }

    // One pair that is discarded takes the batch with it.
    private string? FindFault(ToActor.Validate batch)
    {
        var place = 0;
        foreach (var (key, value) in PairBatch.Decode(batch.Count, batch.Value))
        {
            place++;
            if (HandleProposal(Group.ToProposal(batch.Request, key, value)) is { } fault)
            {
                return $"Pair {place} of {batch.Count}: {fault}";
            }
        }

        return null;
    }
}
