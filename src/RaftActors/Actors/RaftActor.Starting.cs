using Akka.Actor;
using Akka.Event;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Engine.Requests;

namespace RaftActors;

/// <content>
/// The start and the end of a life of the actor. The store is opened on another thread, so a start has two steps: the constructor, and the
/// rest when the store is open.
/// </content>
public abstract partial class RaftActor<TValue, TResult>
{
    private DeferredMessages _deferred = new();

    // Null until the store is open. Only the constructor can need it before, and waits.
    private ActorLife? _life;

    private ActorLife Life => _life ?? BeginLife();

    // Runs PreStart or PostRestart when the store is open. Null after that.
    private Action? _start;

    // Ends the pause of a held actor. Null: this life tries at once.
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
            // Context is null here if the constructor of the next life has thrown.
            _deferred.Drop(_extension.System, Self);
            if (_start is null)
            {
                _life?.Process.Appends.OnActorGone(_life.Process.EngineStopped, Self, Results);
            }

            _life?.Process.Tries.OnStopped();
            EndLife();
        }
    }

    // The mailbox survives the restart, so the next life calls HandleCancel for them.
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

    // PreRestart does the same and calls PostStop, which an actor that never started does not expect.
    private void StopChildren()
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }
    }

    // Runs last: the next owner of the name uses the process in its own thread. A life that fails to start has ended before.
    private void EndLife()
    {
        if (_start is null)
        {
            _life?.Raft.EndQueries();
        }

        _pause?.Cancel();
        _life?.Clock.Stop();
        _opening.Release(Self);
    }

    // The extension is null if it could not be made.
    private void PublishFailure(Exception cause) => StartFailure.Publish(
        Context.System,
        _options.Group ?? _options.Shard?.Group,
        _options.Name ?? _options.Shard?.Group ?? Self.Path.Name,
        _extension?.DefaultNode,
        cause);

    // Waits for the opening if it has not ended.
    private ActorLife BeginLife()
    {
        try
        {
            var process = _opening.Wait();
            var life = process.BeginLife();
            var preloaded = new Serial(Math.Min(_options.Preload.Count, process.Preloaded.Value));
            var last = _options.LastSerial ?? preloaded;
            process.DemandPairsAfter(last, this, takesSnapshots: this is IRaftSnapshot);
            LearnerDelivery? pulls = _overrides.Pulls ? process.Settings.LearnerDelivery : null;
            DeliveryOrder order = new(last, pulls, process.Pairs, process.OwnRef);
            DeliveryTurns turns = new(Self, life);
            PairCheck<TValue> check = new(
                _values, _options.FindFault, _options.IsOfOperators, () => process.Status.LogicVersion ?? GroupVersion.Lowest.Logic);
            LatestActor latest = new(
                process, check.FindRefusal, OutcomeMaker<TResult>.Instance, this is IRaftSnapshot, Context.System.Log);
            SlowCallbacks slow = new(Context.System.Scheduler, process.Settings.Timing.ElectionTimeoutMin, latest.WarnOfSlow);
            ReminderClock clock = new(Context.System.Scheduler, Self, life);
            process.Actor = latest;
            return _life = new(
                life, process, order, turns, clock, slow, new RaftContext<TValue>(_extension, process, order, turns, check, latest));
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
            (this as IRaftSnapshot)?.DemandType(Context.System);
            _extension.AddResultType(ResultCodec);
            _deferred = _opening.Claim(Self);
        }
        catch (RaftConfigurationException cause)
        {
            PublishFailure(cause);
            throw;
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

    // An actor that fails to start has no PostStop, so its life ends here.
    private void Start(Action start)
    {
        try
        {
            Raft.Latest.Results = Results;
            _begunAt = Life.Order.Serial;
            Results.Logic = Life.Process.Pairs.EpochOf(_begunAt).Logic;
            Life.Process.Delivered = Life.Order.Complete;
            HoldIfDue();
            Attach();
            start();
            _start = null;
            Context.System.Log.Info("{Process} of group {Group}: the actor has started", Life.Process.Name, Life.Process.Settings.Group);
            Context.System.EventStream.Publish(new RaftEvent.Started(Life.Process.Settings.Group, Life.Process.Name, Self));
        }
        catch
        {
            _life?.Raft.EndQueries();
            _life?.Process.Appends.OnActorGone(_life.Process.EngineStopped, Self, Results);
            _opening.Release(Self);
            throw;
        }

        // Also those that an earlier life held, and could not start.
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
            // As from the constructor: by default a supervisor stops an actor that fails to start, and restarts one that fails later.
            throw new ActorStartException(Self, $"The raft actor {Self.Path} cannot start: {cause.Message}", cause);
        }
    }

    private void Attach()
    {
        Life.Process.Appends.OnActorCame();
        Raft.EndQueries();
        var validates = _overrides.ValidatesProposals;
        _extension.Host.Tell(new ToEngine.Attach(Life.Process, Life.Number, Life.Order.Serial, this is IRaftSnapshot, validates), Self);
        Raft.Begin();
    }

    private void HoldIfDue()
    {
        if (Life.Process.Tries.Begin(Life.Order.Serial) is var (place, pause))
        {
            Life.Order.Hold(place);
            _pause = Context.System.Scheduler.ScheduleTellOnceCancelable(pause, Self, new ToActor.TryAgain(Life.Number), Self);
        }
    }

    /// <summary>What a life of the actor has from its begin on.</summary>
    private sealed record ActorLife(
        long Number,
        RaftProcess Process,
        DeliveryOrder Order,
        DeliveryTurns Turns,
        ReminderClock Clock,
        SlowCallbacks Slow,
        RaftContext<TValue> Raft);
}
