using Akka.Actor;

using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// The <see cref="ClientAppends"/> of a client, shared by its callers and its actor. While the way to the leader is open, an Append goes to
/// the leader on the caller's thread, and a leader on this node ends it on its own: an Append is faster without the actor's mailbox. The
/// actor does all else. Thread-safe: a lock guards each call.
/// </summary>
internal sealed class ClientAppendQueue : ICanTell
{
    private readonly Lock _lock = new();
    private readonly ClientAppends _appends;
    private readonly IActorRef _actor;
    private readonly IScheduler _clock;
    private readonly Action<WireMessage> _send;
    private IActorRef? _target;
    private bool _isWatched;
    private bool _isClosed;

    /// <param name="actor">The client's actor.</param>
    public ClientAppendQueue(ClientSession session, TimeSpan patience, IActorRef actor, IScheduler clock)
    {
        (_appends, _actor, _clock) = (new ClientAppends(session, patience, this), actor, clock);
        _send = call => _target!.Tell(call, actor); // Justification: it sends only while there is a target.
    }

    /// <summary>The engine that gets the Appends; null: no way to the leader is known.</summary>
    public IActorRef? Target => Volatile.Read(ref _target);

    /// <summary>An Append has not ended.</summary>
    public bool IsOpen
    {
        get
        {
            lock (_lock)
            {
                return _appends.IsOpen;
            }
        }
    }

    /// <summary>Sends an Append on the thread of its caller. False: give it to the actor.</summary>
    public bool TrySend(ClientAppend append)
    {
        lock (_lock)
        {
            if (_isClosed || !_isWatched || _target is null || !_appends.HasRoom)
            {
                return false;
            }

            _appends.AddAndSend(append, _clock.MonotonicClock, _send);
            return true;
        }
    }

    /// <summary>Takes an outcome on the thread of a process of this node, and gives the actor what it must see.</summary>
    void ICanTell.Tell(object message, IActorRef? sender)
    {
        lock (_lock)
        {
            if (!_isClosed && message is IOutcome outcome)
            {
                _appends.Receive(outcome, _clock.MonotonicClock);
                SendWaiting();
                return;
            }
        }

        _actor.Tell(message, sender);
    }

    /// <summary>Takes an Append that waited in the actor's mailbox.</summary>
    public void Add(ClientAppend append)
    {
        lock (_lock)
        {
            _appends.Add(append, _clock.MonotonicClock);
            SendWaiting();
        }
    }

    public void Receive(IOutcome outcome)
    {
        lock (_lock)
        {
            _appends.Receive(outcome, _clock.MonotonicClock);
            SendWaiting();
        }
    }

    /// <summary>An outcome whose result is of a type that this node does not know.</summary>
    public void ReceiveUnreadable(IOutcome outcome, Exception cause)
    {
        lock (_lock)
        {
            _appends.ReceiveUnreadable(outcome, cause, _clock.MonotonicClock);
            SendWaiting();
        }
    }

    /// <summary>A changed way sends all open Appends again, in their order.</summary>
    public void Follow(IActorRef? target)
    {
        lock (_lock)
        {
            _target = target;
            if (target is not null)
            {
                _appends.SendAll(_clock.MonotonicClock, _send);
            }
        }
    }

    /// <summary>The actor looks at the deadlines from now on.</summary>
    public void Watch()
    {
        lock (_lock)
        {
            _isWatched = true;
        }
    }

    /// <summary>True: no Append is open, so the actor need not look at the deadlines until the next one.</summary>
    public bool TryRest()
    {
        lock (_lock)
        {
            _isWatched = _appends.IsOpen;
            return !_isWatched;
        }
    }

    /// <summary>Sends the Appends again that have waited long enough for an answer.</summary>
    public void SendOverdue()
    {
        lock (_lock)
        {
            if (_target is not null)
            {
                _appends.SendOverdue(_clock.MonotonicClock, _send);
            }
        }
    }

    /// <summary>Ends the Appends whose time is up.</summary>
    /// <param name="whyNotSent">Explains why an Append was not sent.</param>
    public void EndLate(Func<CancelReason.NotCommitted> whyNotSent)
    {
        lock (_lock)
        {
            _appends.EndLate(_clock.MonotonicClock, whyNotSent);
        }
    }

    /// <summary>The caller waits no more.</summary>
    public void Cancel(ClientAppend append)
    {
        lock (_lock)
        {
            _appends.Cancel(append);
        }
    }

    /// <summary>Ends all: the client is disposed. Later ones end at once.</summary>
    /// <param name="onlyUnsent">True: ends those that cannot be in the log.</param>
    public void Close(bool onlyUnsent)
    {
        lock (_lock)
        {
            _isClosed = true;
            _appends.Close(onlyUnsent);
        }
    }

    private void SendWaiting()
    {
        if (_target is not null)
        {
            _appends.SendWaiting(_clock.MonotonicClock, _send);
        }
    }
}
