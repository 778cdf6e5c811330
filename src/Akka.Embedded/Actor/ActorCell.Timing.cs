namespace Akka.Actor;

/// <content>Receive timeout, timers, and the current message as the stash sees it.</content>
internal sealed partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ICancelable? _armedReceiveTimeout;
    private bool _currentIsStashed;

    /// <summary>The timers of the current instance, or of the one under construction. Null if the actor does not use timers.</summary>
    private TimerScheduler? _timers;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        _receiveTimeout = timeout is { } value && value > TimeSpan.Zero ? value : null;
        CancelReceiveTimeout();
    }

    /// <summary>Returns the current message, to be stashed.</summary>
    /// <exception cref="IllegalActorStateException">The current message is stashed already.</exception>
    public Envelope TakeForStash()
    {
        if (_currentIsStashed)
        {
            throw new IllegalActorStateException($"Can't stash the same message {_envelope} more than once");
        }

        _currentIsStashed = true;
        return _envelope;
    }

    /// <summary>Puts stashed messages before all others in the mailbox, in their order.</summary>
    public void Unstash(IEnumerable<Envelope> envelopes)
    {
        Envelope[] back = [.. envelopes];
        foreach (var envelope in back)
        {
            if (envelope.Message is Terminated terminated)
            {
                DeathWatch.Requeue(terminated);
            }
        }

        Mailbox.Prepend(back);
    }

    public TimerScheduler NewTimers() => _timers = new TimerScheduler(this);

    public void CancelTimers() => _timers?.CancelAll();

    public void ArmReceiveTimeout()
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
        if (_timers is { } timers && timers.TryTake(timer, out var message))
        {
            // The actor receives, and perhaps stashes, the message without the timer's envelope.
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
