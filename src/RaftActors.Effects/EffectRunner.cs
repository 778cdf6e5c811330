using Akka.Actor;
using Akka.Event;

namespace RaftActors.Effects;

/// <summary>
/// Runs the handlers of one leadership, as a child of the raft actor. So a handler that blocks delays no pair, and all timers and handlers
/// end with the actor. It reports each effect once, when its handler has succeeded or failed for good.
/// </summary>
internal sealed class EffectRunner<TEffect>(
    Func<RaftEffect<TEffect>, CancellationToken, Task> handler, RaftOutboxOptions<TEffect> options, OutboxMetrics metrics)
    : UntypedActor, IWithTimers
{
    private const int FailureMax = 1000;

    // Twice the default of raft.append-timeout, after which an Append without an outcome has failed.
    private static readonly TimeSpan TickPause = TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, Work> _works = [];
    private readonly Queue<long> _waiting = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly List<OutboxTurn> _dropped = [];
    private int _running;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it.

    private enum Stage
    {
        Waiting,
        Running,
        Paused,
    }

    protected override void PreStart()
    {
        metrics.Add();
        Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));

        // Only now, so that a turn that the actor does not handle is noticed.
        Context.Parent.Tell(new OutboxTurn(Self), Self);
    }

    // After an exception here, or a restart of an actor that keeps its children. The effects are lost here, and so is their outbox if the
    // actor has restarted, so this runner ends.
    protected override void PostRestart(Exception reason)
    {
        Context.Parent.Tell(new OutboxTurn(Self) { IsLost = true }, Self);
        Context.Stop(Self);
    }

    protected override void PostStop()
    {
        metrics.Remove();
        _stop.Cancel();
        Context.System.EventStream.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begin begin:
                _works.Add(begin.Effect.Number, new Work(begin.Effect, begin.Since));
                _waiting.Enqueue(begin.Effect.Number);
                break;
            case Ran ran:
                _running--;
                OnRan(_works[ran.Number], ran.Failure);
                break;
            case Again again when _works.TryGetValue(again.Number, out var work):
                work.Stage = Stage.Waiting;
                _waiting.Enqueue(again.Number);
                break;
            case Forget forget when _works.TryGetValue(forget.Number, out var work):
                work.IsForgotten = true;
                if (work.Stage != Stage.Running)
                {
                    Report(work, null);
                }

                break;
            case Tick tick:
                Timers.StartSingleTimer(TickIsOver.Instance, TickIsOver.Instance, TickPause);
                Warn(tick.Late);
                break;
            case TickIsOver:
                Context.Parent.Tell(new OutboxTurn(Self) { IsTick = true }, Self);
                break;
            case Dropped:
                _dropped.ForEach(turn => Context.Parent.Tell(turn, Self));
                _dropped.Clear();
                break;
            case UnhandledMessage { Message: OutboxTurn turn } when Self.Equals(turn.Runner):
                _dropped.Add(turn);
                if (_dropped.Count > 1)
                {
                    break;
                }

                // A later behaviour of the actor may handle turns. Without the turn of an end, the effects of its name would wait for ever.
                Timers.StartSingleTimer(Dropped.Instance, Dropped.Instance, TickPause);
                _log.Error(
                    "The effects of {Actor} do not run, because it does not handle OutboxTurn. Call Receive<OutboxTurn>(_outbox.Run) in "
                    + "its constructor and in each of its behaviours.",
                    Context.Parent.Path);
                break;
        }

        while (_running < options.ParallelMax && _waiting.TryDequeue(out var number))
        {
            if (_works.TryGetValue(number, out var work))
            {
                Run(work);
            }
        }
    }

    private void Run(Work work)
    {
        _running++;
        work.Stage = Stage.Running;
        var (self, number) = (Self, work.Effect.Number);
        Task task;
        try
        {
            task = handler(work.Effect, _stop.Token) ?? throw new InvalidOperationException(
                "The handler of the outbox returned no task. Return the one of the call that it makes, or Task.CompletedTask.");
        }
        catch (Exception cause)
        {
            task = Task.FromException(cause);
        }

        task.ContinueWith(
            done => self.Tell(new Ran(number, done.IsCanceled ? new TaskCanceledException(done) : done.Exception?.GetBaseException())),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void OnRan(Work work, Exception? failure)
    {
        if (failure is null || work.IsForgotten)
        {
            Report(work, null);
            return;
        }

        var effect = work.Effect;
        work.Failure = Describe(failure);
        if (effect.Attempt >= options.AttemptsMax || IsFinal(failure))
        {
            Report(work, work.Failure);
            return;
        }

        work.Stage = Stage.Paused;
        work.Effect = effect with { Attempt = effect.Attempt + 1 };
        var pause = options.PauseAfter(effect.Attempt);
        Timers.StartSingleTimer(effect.Number, new Again(effect.Number), pause);
        _log.Debug(
            "Effect {Number} of {Name} is tried again in {Pause}: attempt {Attempt} failed with {Failure}",
            effect.Number, effect.Name, pause, effect.Attempt, work.Failure);
    }

    // An exception of a Message would lose the effects of all names.
    private static string Describe(Exception failure)
    {
        string message;
        try
        {
            message = failure.Message;
        }
        catch (Exception cause)
        {
            message = $"its message cannot be read because of {cause.GetType().Name}";
        }

        var text = $"{failure.GetType().Name}: {message}";
        var length = char.IsHighSurrogate(text[Math.Min(FailureMax, text.Length) - 1]) ? FailureMax - 1 : FailureMax;
        return text.Length > FailureMax ? text[..length] : text;
    }

    // An exception here would lose the effects of all names.
    private bool IsFinal(Exception failure)
    {
        try
        {
            return options.IsFinal?.Invoke(failure) == true;
        }
        catch (Exception cause)
        {
            _log.Error(cause, "IsFinal of the outbox of {Actor} failed, so the effect is tried again. Correct it.", Context.Parent.Path);
            return false;
        }
    }

    private void Report(Work work, string? failure)
    {
        _works.Remove(work.Effect.Number);
        Context.Parent.Tell(new OutboxTurn(Self) { Name = work.Effect.Name, End = new(work.Effect.Number, failure) }, Self);
    }

    private void Warn(KeptEffect<TEffect>? late)
    {
        var now = Context.System.Scheduler.Now;
        if (now - _warned < options.WarnAfter)
        {
            return;
        }

        if (_works.Values.MinBy(work => work.Since) is { } oldest && now - oldest.Since >= options.WarnAfter)
        {
            _warned = now;
            _log.Warning(
                "Effect {Number} of {Name} of {Actor} has not ended since {Since:O}. {Failure} Names with an effect under way: {Count}. "
                    + "Repair the receiver, or set AttemptsMax or IsFinal of the outbox.",
                oldest.Effect.Number,
                oldest.Effect.Name,
                Context.Parent.Path,
                oldest.Since,
                $"Attempt {oldest.Effect.Attempt} {(oldest.Stage == Stage.Running ? "runs" : "waits")}. {oldest.Failure}",
                _works.Count);
        }
        else if (late is not null && now - late.Since >= options.WarnAfter)
        {
            _warned = now;
            _log.Warning(
                "Effect {Number} of {Name} of {Actor} has not ended since {Since:O}, because the pair of an EffectEnd is not committed. "
                    + "See HandleCancel for the cause. HandleProposal must not refuse such a pair.",
                late.Number,
                late.Name,
                Context.Parent.Path,
                late.Since);
        }
    }

    /// <summary>The first effect of its name.</summary>
    public sealed record Begin(RaftEffect<TEffect> Effect, DateTimeOffset Since) : INoSerializationVerificationNeeded;

    /// <summary>The effect has ended by a pair of an earlier leader. Its handler may run to its end.</summary>
    public sealed record Forget(long Number) : INoSerializationVerificationNeeded;

    /// <summary>Asks for a turn after a pause.</summary>
    /// <param name="Late">An effect that waits for a pair of the outbox, which had to be appended again. Null: there is none.</param>
    public sealed record Tick(KeptEffect<TEffect>? Late) : INoSerializationVerificationNeeded;

    /// <summary>The turns that the actor has not handled are due again.</summary>
    private sealed class Dropped
    {
        public static readonly Dropped Instance = new();
    }

    private sealed class TickIsOver
    {
        public static readonly TickIsOver Instance = new();
    }

    private sealed record Ran(long Number, Exception? Failure) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Again(long Number);

    private sealed class Work(RaftEffect<TEffect> effect, DateTimeOffset since)
    {
        public RaftEffect<TEffect> Effect { get; set; } = effect;

        public DateTimeOffset Since => since;

        public Stage Stage { get; set; }

        public bool IsForgotten { get; set; }

        public string? Failure { get; set; }
    }
}
