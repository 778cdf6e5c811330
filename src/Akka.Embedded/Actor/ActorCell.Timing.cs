namespace Akka.Actor;

/// <content>Receive timeout, timers, and the message at work as the stash sees it.</content>
internal sealed partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ICancelable? _armedReceiveTimeout;
    private bool _currentIsStashed;

    /// <summary>Of the present instance, or of the one that is being made; null if it wants none.</summary>
    private TimerScheduler? _timers;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        _receiveTimeout = timeout is { } value && value > TimeSpan.Zero ? value : null;
        CancelReceiveTimeout();
    }

    /// <summary>The message at work, for the stash.</summary>
    /// <exception cref="IllegalActorStateException">It is stashed already.</exception>
    public Envelope TakeForStash()
    {
        if (_currentIsStashed)
        {
            throw new IllegalActorStateException($"Can't stash the same message {_envelope} more than once");
        }

        _currentIsStashed = true;
        return _envelope;
    }

    /// <summary>Puts stashed messages before all others in the mailbox.</summary>
    public void Unstash(IEnumerable<Envelope> envelopes)
    {
        Envelope[] back = [.. envelopes];
        foreach (Envelope envelope in back)
        {
            if (envelope.Message is Terminated terminated)
            {
                // Without this, it would be taken for one whose watch has been undone.
                _terminatedQueued.Add(terminated.ActorRef);
            }
        }

        Mailbox.Prepend(back);
    }

    public TimerScheduler NewTimers() => _timers = new TimerScheduler(this);

    public void CancelTimers() => _timers?.CancelAll();

    private void ArmReceiveTimeout()
    {
        if (_receiveTimeout is { } timeout && _armedReceiveTimeout is null)
        {
            _armedReceiveTimeout = SystemImpl.Scheduler.ScheduleTellOnceCancelable(timeout, Self, Akka.Actor.ReceiveTimeout.Instance, Self);
        }
    }

    private void CancelReceiveTimeout()
    {
        _armedReceiveTimeout?.Cancel();
        _armedReceiveTimeout = null;
    }

    private void ReceivedTimer(TimerMessage timer)
    {
        if (_timers is { } timers && timers.TryTake(timer, out object? message))
        {
            // What the actor sees, and perhaps stashes, is the message without its wrapping.
            _envelope = new Envelope(message, _envelope.Sender);
            if (message is IAutoReceivedMessage)
            {
                AutoReceive(message);
            }
            else
            {
                Receive(message);
            }
        }
    }
}
