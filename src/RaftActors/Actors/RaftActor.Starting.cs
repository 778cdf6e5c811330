using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;
using RaftActors.Settings;

namespace RaftActors;

/// <content>
/// The start and the end of a life of the actor. Another thread opens the store, so a start has two steps, which are the constructor, and
/// the rest when the store is open.
/// </content>
public abstract partial class RaftActor<TValue, TResult>
{
    private DeferredMessages _deferred = new();

    // Null until the store is open. Before that, only the constructor may use it, and waits.
    private ActorLife? _life;

    private ActorLife Life => _life ?? BeginLife();

    // PreStart or PostRestart, which runs when the store is open. Null after that.
    private Action? _start;

    // Ends the pause of a held actor.
    private ICancelable? _pause;

    /// <summary>
    /// Waits for the store without blocking, then attaches to the engine and runs PreStart, so that PreStart may append. Earlier
    /// messages are handled after PreStart. An override must call it.
    /// </summary>
    public override void AroundPreStart() => Begin(base.AroundPreStart);

    /// <summary>
    /// Ends the open queries, and releases the process's name for the next instance, because that instance may fail to start. An override
    /// must call it.
    /// </summary>
    public override void AroundPreRestart(Exception cause, object? message)
    {
        try
        {
            if (_start is null)
            {
                PassOnHeld();
                base.AroundPreRestart(cause, message);
            }
            else
            {
                StopChildren();
            }
        }
        finally
        {
            EndLife();
        }
    }

    /// <summary>Does the same as <see cref="AroundPreStart"/>, for a new life. An override must call it.</summary>
    public override void AroundPostRestart(Exception cause, object? message) => Begin(() => base.AroundPostRestart(cause, message));

    /// <summary>Ends the open queries, and releases the process's name. An override must call it.</summary>
    public override void AroundPostStop()
    {
        try
        {
            if (_start is null)
            {
                base.AroundPostStop();
            }
        }
        finally
        {
            // Not by Context, which is null here if the constructor of the next life has thrown.
            _deferred.Drop(_system, Self);
            if (_start is null)
            {
                _life?.Process.Appends.OnActorGone(_life.Process.EngineStopped, Self, Results);
            }

            _life?.Process.Tries.OnStopped();
            EndLife();
        }
    }

    // Puts the held cancellations into the mailbox, which survives the restart, so that the next life handles them.
    private void PassOnHeld()
    {
        foreach (var held in Life.Order.HeldCancellations)
        {
            Self.Tell(new ToActor.Cancelled(ToActor.AnyLife, held.Request, held.Failure), Self);
        }

        foreach (var held in Life.Turns.Waiting.Where(waiting => waiting.Life == ToActor.AnyLife))
        {
            Self.Tell(held, Self);
        }
    }

    // Instead of PreRestart, which would also call PostStop, although the actor has not started.
    private void StopChildren()
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
    }

    // Runs last, because the next owner of the name uses the process on its own thread. Queries of a life that failed to start have ended.
    private void EndLife()
    {
        if (_start is null)
        {
            _life?.Raft.EndQueries();
        }

        if (_life is { } life)
        {
            life.Raft.FailEarly();
            life.Raft.Latest.ShowState = null;
        }

        _pause?.Cancel();
        _life?.Clock.Stop();
        _opening.Release(Self);
    }

    // A host that waits for the actor does not read the log. The extension is null if it could not be created.
    private void PublishFailure(Exception cause)
    {
        const string Unknown = "?";
        var config = Context.System.Settings.Config.WithFallback(SettingTable.OfRaft.Defaults);
        var process = _options.Name ?? _options.Shard?.Group ?? Self.Path.Name;
        var named = _options.Group ?? _options.Shard?.Group ?? config.GetString("raft.group");
        var group = string.IsNullOrEmpty(named) ? process : named;
        var node = config.GetString("raft.node") is { Length: > 0 } configured ? configured : _extension?.DefaultNode ?? Unknown;
        ProcessName name = new($"{(process.Length > 0 ? process : Unknown)}@{node}");
        Context.System.EventStream.Publish(new RaftEvent.StartFailed(group, name, cause));
    }

    // Waits for the store in the constructor only.
    private ActorLife BeginLife()
    {
        try
        {
            var process = _opening.Wait();
            var life = process.BeginLife();
            var preloaded = new Serial(Math.Min(_options.Preload.Count, process.Preloaded.Value));
            var last = _options.LastSerial ?? preloaded;
            if (last < process.Pairs.Base && this is not IRaftSnapshot)
            {
                throw process.SnapshotNotTaken(this);
            }

            LearnerDelivery? pulls = _overrides.Pulls ? process.Settings.LearnerDelivery : null;
            DeliveryOrder order = new(last, pulls, process.Pairs, process.WaitingRef);
            DeliveryTurns turns = new(Self, life);
            AppendCheck<TValue> check = new(
                _values,
                _options.FindFault,
                _options.IsOfOperators,
                () => process.Status.LogicVersion ?? GroupVersion.Lowest.Logic,
                () => process.IsOlder);
            LatestActor latest = new(
                process, check.FindRefusal, OutcomeMaker<TResult>.Instance, this is IRaftSnapshot, Context.System.Log);
            SlowCallbacks slow = new(Context.System.Scheduler, process.Settings.Timing.ElectionTimeoutMin, latest.WarnOfSlow);
            ReminderClock clock = new(Context.System.Scheduler, Self, life);
            process.Actor = latest;
            var context = new RaftContext<TValue, TResult>(Context.System, process, order, turns, check, latest, _questions);
            return _life = new(life, process, order, turns, clock, slow, context);
        }
        catch (Exception cause)
        {
            PublishFailure(cause);
            throw;
        }
    }

    private void Begin(Action start)
    {
        try
        {
            (this as IRaftSnapshot)?.DemandType(_system);
            _extension?.AddResultType(ResultCodec);
            _deferred = _opening.Claim(Self);
        }
        catch (RaftConfigurationException cause)
        {
            // The first failure is the one to mend first.
            EndLife();
            (_life, _opening) = (null, _opening.HasFailed ? _opening : ProcessOpening.Failed(cause));
        }

        _start = start;
        if (_opening.IsOpen)
        {
            Start(start);
        }
        else
        {
            _opening.Notify(Self);
        }
    }

    // An actor that fails to start does not run PostStop, so its life ends here.
    private void Start(Action start)
    {
        try
        {
            Group.Latest.Results = Results;
            _begunAt = Life.Order.Serial;
            Results.Logic = Life.Process.Pairs.EpochOf(_begunAt).Logic;
            Life.Process.Delivered = Life.Order.Complete;
            HoldIfDue();
            Attach();
            start();
            _start = null;
            LetShowState((ActorCell)Context);
            Context.System.Log.Info("{Process} of group {Group}: the actor has started", Life.Process.Name, Life.Process.Settings.Group);
            Context.System.EventStream.Publish(new RaftEvent.Started(Life.Process.Settings.Group, Life.Process.Name, Self));
        }
        catch
        {
            _life?.Raft.FailEarly();
            _life?.Raft.EndQueries();
            _life?.Process.Appends.OnActorGone(_life.Process.EngineStopped, Self, Results);
            _opening.Release(Self);
            throw;
        }

        // Also messages that waited for an earlier life, which could not start.
        _deferred.Redeliver(Self);
    }

    private void ReceiveEarly(object message)
    {
        if (message is not ToActor)
        {
            _deferred.Hold(message, Sender);
        }

        if (_start is null || !_opening.HasEnded)
        {
            return;
        }

        try
        {
            Start(_start);
        }
        catch (Exception cause) when (cause is not ActorInitializationException)
        {
            // Thrown as if by the constructor, because by default a supervisor stops such an actor, and restarts one that fails later.
            throw new ActorStartException(Self, $"The raft actor {Self.Path} cannot start: {cause.Message}", cause);
        }
    }

    private void Attach()
    {
        Life.Process.Appends.OnActorCame();
        Group.EndQueries();
        var validates = _overrides.ValidatesProposals;

        // Justification: without an extension the opening has failed, and no life begins.
        _extension!.Host.Tell(new ToEngine.Attach(Life.Process, Life.Number, Life.Order.Serial, this is IRaftSnapshot, validates), Self);
        Group.Begin();
    }

    private void HoldIfDue()
    {
        if (Life.Process.Tries.Begin(Life.Order.Serial) is var (places, pause))
        {
            Life.Order.Hold(places);
            _pause = Context.System.Scheduler.ScheduleTellOnceCancelable(pause, Self, new ToActor.TryAgain(Life.Number), Self);
        }
    }

    /// <summary>The parts of a life of the actor, made when the store is open.</summary>
    private sealed record ActorLife(
        long Number,
        RaftProcess Process,
        DeliveryOrder Order,
        DeliveryTurns Turns,
        ReminderClock Clock,
        SlowCallbacks Slow,
        RaftContext<TValue, TResult> Raft);
}
