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
    // Guards the owner, so that the registry hears of the changes in their order.
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource<RaftProcess> _opening = new();
    private readonly RaftSettings _settings;
    private readonly Func<RaftProcess> _open;
    private readonly IActorRef? _registry;
    private DeferredMessages _deferred = new();
    private IActorRef? _owner;
    private bool _hasRun;
    private IActorRef? _lastOwner;

    /// <param name="failed">
    /// The failed opening before this one, if there was one. If the same actor claims this opening, its earlier messages still wait.
    /// </param>
    /// <param name="registry">Hears that the process may come, and that it does not. Null without other nodes.</param>
    public ProcessOpening(RaftSettings settings, Func<RaftProcess> open, ProcessOpening? failed, IActorRef? registry = null)
    {
        (_settings, _open, _registry) = (settings, open, registry);
        if (failed is not null)
        {
            (_lastOwner, _deferred) = (failed._lastOwner, failed._deferred);
        }

        _registry?.Tell(new EngineNews.Opening(Place));
    }

    /// <summary>The opening of an actor that cannot start, so that it fails as one whose store cannot be opened.</summary>
    public static ProcessOpening Failed(Exception cause)
    {
        // Justification: no other actor sees it, so nobody asks whose process it is, and it never runs.
        ProcessOpening opening = new(settings: null!, open: null!, failed: null);
        opening._opening.SetException(cause);
        return opening;
    }

    public bool HasEnded => Opened.IsCompleted;

    public bool HasFailed => Opened.IsFaulted;

    public bool IsOpen => Opened.IsCompletedSuccessfully;

    private Task<RaftProcess> Opened => _opening.Task;

    private ProcessPlace Place => new(_settings.Group, _settings.Self);

    /// <summary>The state of the process for an operator. Thread-safe.</summary>
    public RaftStatus Describe()
    {
        var actor = Volatile.Read(ref _owner);
        return IsOpen
            ? Opened.Result.Describe(Opened.Result.Delivered, actor)
            : new RaftStatus(_settings.Group, _settings.Self)
            {
                Actor = actor,
                Failure = Opened.Exception?.InnerException?.Message,
                Placement = _settings.Placement,
            };
    }

    /// <summary>Opens the store before it returns. A failure is thrown by <see cref="Wait"/>.</summary>
    public void Run()
    {
        Action end;
        try
        {
            var process = _open();
            end = () => _opening.SetResult(process);
        }
        catch (Exception e)
        {
            end = () => _opening.SetException(e);
        }

        lock (_lock)
        {
            _hasRun = true;
            if (_owner is null)
            {
                _registry?.Tell(new EngineNews.OpeningEnded(Place));
            }
        }

        end();
    }

    /// <summary>Ends an opening that never ran, because the actor system has ended.</summary>
    public void Drop() => _opening.SetCanceled();

    /// <summary>Waits until the store is open.</summary>
    /// <exception cref="Storage.StoreException">The store cannot be opened.</exception>
    /// <exception cref="OperationCanceledException">The opening was dropped.</exception>
    public RaftProcess Wait() => Opened.GetAwaiter().GetResult();

    /// <summary>Sends the actor <see cref="ToActor.OpeningEnded"/> when the opening has ended.</summary>
    public void Notify(IActorRef actor) => Opened.ContinueWith(
        _ => actor.Tell(new ToActor.OpeningEnded()),
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Closes the store, if it is open.</summary>
    public void Close()
    {
        if (IsOpen)
        {
            Opened.Result.Store.Close();
        }
    }

    /// <summary>Reserves the process for this actor, and returns its messages that wait for the store.</summary>
    /// <exception cref="RaftConfigurationException">Another living actor is this process.</exception>
    public DeferredMessages Claim(IActorRef actor)
    {
        lock (_lock)
        {
            if (_owner is { } owner && !owner.Equals(actor))
            {
                throw new RaftConfigurationException(
                    $"'{_settings.Self}' of group '{_settings.Group}' is the actor {owner.Path} already, so {actor.Path} cannot be it too. "
                    + "Give one of them another Name or Group in its RaftOptions.");
            }

            _owner = actor;
            _registry?.Tell(new EngineNews.Opening(Place));
            if (!actor.Equals(_lastOwner))
            {
                (_lastOwner, _deferred) = (actor, new DeferredMessages());
            }

            return _deferred;
        }
    }

    /// <summary>Releases the process for another actor, or for the next life of the same one.</summary>
    public void Release(IActorRef actor)
    {
        lock (_lock)
        {
            if (!actor.Equals(_owner))
            {
                return;
            }

            _owner = null;
            if (_hasRun)
            {
                _registry?.Tell(new EngineNews.OpeningEnded(Place));
            }
        }
    }
}
