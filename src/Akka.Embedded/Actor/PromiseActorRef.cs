using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Receives one reply outside of any actor. It registers a path only on demand, for example for a remote receiver.</summary>
internal sealed class PromiseActorRef<T> : InternalActorRef
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalActorRefProvider _provider;
    private readonly TimeSpan _timeout;
    private readonly Timer? _timer;
    private readonly CancellationTokenRegistration _cancellation;
    private ActorPath? _path;
    private bool _isReleased;

    public PromiseActorRef(LocalActorRefProvider provider, TimeSpan timeout, CancellationToken cancellationToken)
    {
        _provider = provider;
        _timeout = timeout;
        if (timeout > TimeSpan.Zero)
        {
            _timer = new Timer(
                static state => ((PromiseActorRef<T>)state!).TimedOut(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _timer.Change(timeout, Timeout.InfiniteTimeSpan);
        }

        _cancellation = cancellationToken.UnsafeRegister(static state => ((PromiseActorRef<T>)state!).Cancelled(), this);
        if (Volatile.Read(ref _isReleased))
        {
            // The answer was cancelled or timed out before the constructor had set all fields.
            Release();
        }
    }

    public Task<T> Answer => _answer.Task;

    public override LocalActorRefProvider Provider => _provider;

    public override InternalActorRef Parent => _provider.TempContainer;

    public override ActorPath Path
    {
        get
        {
            if (_path is null && Interlocked.CompareExchange(ref _path, _provider.TempPath(), null) is null)
            {
                _provider.TempContainer.Add(this);
                if (Volatile.Read(ref _isReleased))
                {
                    Release();
                }
            }

            return _path;
        }
    }

    public override void SendSystemMessage(SystemMessage message)
    {
        if (message is DeathWatchNotification ended)
        {
            Tell(new Terminated(ended.Actor, ended.ExistenceConfirmed, ended.AddressTerminated), ended.Actor);
        }
    }

    private protected override bool AllowsNull => true;

    protected override void TellInternal(object? message, IActorRef? sender)
    {
        // Before the task completes, so that continuations see all resources released.
        Release();
        var taken = message switch
        {
            // Before T, so that an Ask for object fails. An Ask for Status, or for Status.Failure, receives the failure itself.
            Status.Failure failure when !typeof(T).IsAssignableTo(typeof(Status)) => _answer.TrySetException(
                failure.Cause ?? new TaskCanceledException("The reply is a Status.Failure without a cause.")),
            T answer => _answer.TrySetResult(answer),
            null => _answer.TrySetResult(default!), // Justification: the reply is null, and T may not be nullable.
            _ => Refuse(message),
        };
        if (!taken && message is not null && !Answer.IsCanceled)
        {
            _provider.DeadLetterRef.Tell(message, this);
        }
    }

    /// <summary>Fails the task, because the reply does not have the expected type. Returns false.</summary>
    private bool Refuse(object message)
    {
        _answer.TrySetException(new ArgumentException(
            $"Received message of type [{message.GetType()}] - Ask expected message of type [{typeof(T)}]"));
        return false;
    }

    private void TimedOut()
    {
        Release();
        _answer.TrySetException(new AskTimeoutException($"Timeout after {_timeout.TotalSeconds:F2} seconds"));
    }

    private void Cancelled()
    {
        Release();
        _answer.TrySetCanceled();
    }

    private void Release()
    {
        Interlocked.Exchange(ref _isReleased, true);
        _timer?.Dispose();
        _cancellation.Unregister();
        if (_path is { } path)
        {
            _provider.TempContainer.Remove(path.Name);
        }
    }
}
