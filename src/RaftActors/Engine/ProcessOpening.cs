using Akka.Actor;

using RaftActors.Delivery;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// The opening of one process's store, which may take long because it reads the whole log. All lives of the actor share it. After a failure
/// the next life begins another one.
/// </summary>
internal sealed class ProcessOpening
{
    private readonly TaskCompletionSource<RaftProcess> _opening = new();
    private readonly RaftSettings _settings;
    private readonly Func<RaftProcess> _open;
    private DeferredMessages _deferred = new();
    private IActorRef? _owner;
    private IActorRef? _lastOwner;

    /// <param name="failed">
    /// The failed opening before this one, if there was one. If the same actor claims this opening, its earlier messages still wait.
    /// </param>
    public ProcessOpening(RaftSettings settings, Func<RaftProcess> open, ProcessOpening? failed)
    {
        (_settings, _open) = (settings, open);
        if (failed is not null)
        {
            (_lastOwner, _deferred) = (failed._lastOwner, failed._deferred);
        }
    }

    public bool HasEnded => Opened.IsCompleted;

    public bool HasFailed => Opened.IsFaulted;

    public bool IsOpen => Opened.IsCompletedSuccessfully;

    private Task<RaftProcess> Opened => _opening.Task;

    /// <summary>The state of the process for an operator. Thread-safe.</summary>
    public RaftStatus Describe()
    {
        var actor = Volatile.Read(ref _owner);
        return IsOpen
            ? Opened.Result.Describe(Opened.Result.Delivered, actor)
            : new RaftStatus(_settings.Group, _settings.Self) { Actor = actor, Failure = Opened.Exception?.InnerException?.Message };
    }

    /// <summary>Opens the store before it returns. A failure is thrown by <see cref="Wait"/>.</summary>
    public void Run()
    {
        try
        {
            _opening.SetResult(_open());
        }
        catch (Exception e)
        {
            _opening.SetException(e);
        }
    }

    /// <summary>Ends an opening that never ran, because the actor system has ended.</summary>
    public void Drop() => _opening.SetCanceled();

    /// <summary>Waits until the store is open.</summary>
    /// <exception cref="Storage.StoreException">The store cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">The opening was dropped.</exception>
    public RaftProcess Wait() => Opened.GetAwaiter().GetResult();

    /// <summary>Sends the actor <see cref="ToActor.OpeningEnded"/> when the opening has ended.</summary>
    public void Notify(IActorRef actor) => Then(_ => actor.Tell(new ToActor.OpeningEnded()), TaskContinuationOptions.None);

    /// <summary>Closes the store now, or as soon as it is open. Does not wait for the opening.</summary>
    public void Close()
    {
        if (IsOpen)
        {
            Opened.Result.Store.Close();
        }
        else
        {
            Then(opened => opened.Result.Store.Close(), TaskContinuationOptions.OnlyOnRanToCompletion);
        }
    }

    /// <summary>Reserves the process for this actor, and returns its messages that wait for the store.</summary>
    /// <exception cref="RaftConfigurationException">Another living actor is this process.</exception>
    public DeferredMessages Claim(IActorRef actor)
    {
        var owner = Interlocked.CompareExchange(ref _owner, actor, null);
        if (owner is not null && !owner.Equals(actor))
        {
            throw new RaftConfigurationException(
                $"'{_settings.Self}' of group '{_settings.Group}' is the actor {owner.Path} already, so {actor.Path} cannot be it too. "
                + "Give one of them another Name or Group in its RaftOptions.");
        }

        if (!actor.Equals(_lastOwner))
        {
            (_lastOwner, _deferred) = (actor, new DeferredMessages());
        }

        return _deferred;
    }

    /// <summary>Releases the process for another actor, or for the next life of the same one.</summary>
    public void Release(IActorRef actor)
    {
        var owner = Volatile.Read(ref _owner);
        if (actor.Equals(owner))
        {
            Interlocked.CompareExchange(ref _owner, null, owner);
        }
    }

    private void Then(Action<Task<RaftProcess>> action, TaskContinuationOptions when) => Opened.ContinueWith(
        action, CancellationToken.None, when | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
