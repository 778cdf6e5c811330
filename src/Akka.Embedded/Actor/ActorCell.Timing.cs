namespace Akka.Actor;

/// <content>Receive timeout, timers, and the message at work as the stash sees it.</content>
internal sealed partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ICancelable? _armedReceiveTimeout;
    private bool _currentIsStashed;

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
        if ((Actor as IWithTimers)?.Timers is TimerScheduler timers && timers.TryTake(timer, out object? message))
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
