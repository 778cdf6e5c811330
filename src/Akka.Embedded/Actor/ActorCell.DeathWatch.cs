using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <content>Death watch, as watcher and as watched actor.</content>
internal sealed partial class ActorCell
{
    /// <summary>The watched actors, each with the message that replaces its Terminated (null: none).</summary>
    private readonly Dictionary<IActorRef, object?> _watching = [];

    private readonly HashSet<InternalActorRef> _watchedBy = [];

    /// <summary>
    /// Actors whose Terminated is in the mailbox. Unwatch removes the actor here, and the queued message is then ignored.
    /// </summary>
    private readonly HashSet<IActorRef> _terminatedQueued = [];

    private bool _isSubscribedToLostAddresses;

    public IActorRef Watch(IActorRef subject) => WatchFor(subject, null);

    public IActorRef WatchWith(IActorRef subject, object message) =>
        WatchFor(subject, message ?? throw new ArgumentNullException(nameof(message)));

    public IActorRef Unwatch(IActorRef subject)
    {
        var watchee = InternalActorRef.Of(subject);
        if (!watchee.Equals(Self) && _watching.Remove(watchee))
        {
            watchee.SendSystemMessage(new Unwatch(watchee, Self));
        }

        _terminatedQueued.Remove(watchee);
        return subject;
    }

    private IActorRef WatchFor(IActorRef subject, object? message)
    {
        var watchee = InternalActorRef.Of(subject);
        if (watchee.Equals(Self))
        {
            return subject;
        }

        if (_watching.TryGetValue(watchee, out var earlier))
        {
            return Equals(earlier, message) ? subject : throw new InvalidOperationException(
                $"{Self} watches {watchee} already, for the message [{earlier ?? "Terminated"}]. Unwatch it first.");
        }

        _watching.Add(watchee, message);
        watchee.SendSystemMessage(new Watch(watchee, Self));
        SubscribeToLostAddresses(watchee);
        return subject;
    }

    private void AddWatcher(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (watchee.Equals(Self) && !watcher.Equals(Self))
        {
            _watchedBy.Add(watcher);
            SubscribeToLostAddresses(watcher);
        }
    }

    private void RemoveWatcher(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (watchee.Equals(Self))
        {
            _watchedBy.Remove(watcher);
        }
    }

    private void WatchedActorTerminated(InternalActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        if (_watching.Remove(actor, out var message) && !IsTerminating)
        {
            if (message is null)
            {
                _terminatedQueued.Add(actor);
            }

            // Through the mailbox, so that it arrives after the messages that the ended actor sent before.
            Self.Tell(message ?? new Terminated(actor, existenceConfirmed, addressTerminated), actor);
        }

        if (Children.Find(actor) is not null)
        {
            RemoveChild(actor);
        }
    }

    private void ReceivedTerminated(Terminated terminated)
    {
        if (_terminatedQueued.Remove(terminated.ActorRef))
        {
            Receive(terminated);
        }
    }

    /// <summary>Handles the loss of a whole actor system: drops its watchers and reports its watched actors as terminated.</summary>
    private void WatchedAddressTerminated(Address address)
    {
        _watchedBy.RemoveWhere(watcher => watcher.Path.Address == address);
        foreach (var watched in _watching.Keys.Where(watched => watched.Path.Address == address).ToArray())
        {
            var actor = InternalActorRef.Of(watched);
            Self.SendSystemMessage(new DeathWatchNotification(actor, Children.Find(actor) is not null, true));
        }
    }

    private void TellWatchers()
    {
        // Remote watchers first: a local watcher may terminate the whole system when it is notified.
        foreach (var watcher in _watchedBy.OrderBy(watcher => watcher.IsLocal).ThenBy(watcher => watcher))
        {
            if (!watcher.Equals(Parent))
            {
                watcher.SendSystemMessage(new DeathWatchNotification(Self, true, false));
            }
        }

        _watchedBy.Clear();
    }

    private void UnwatchAll()
    {
        foreach (var watched in _watching.Keys)
        {
            var watchee = InternalActorRef.Of(watched);
            watchee.SendSystemMessage(new Unwatch(watchee, Self));
        }

        _watching.Clear();
        _terminatedQueued.Clear();
    }

    /// <summary>Subscribes to lost addresses when the first watch involves a remote actor. The actor's end unsubscribes.</summary>
    private void SubscribeToLostAddresses(InternalActorRef other)
    {
        if (!other.IsLocal && !_isSubscribedToLostAddresses)
        {
            _isSubscribedToLostAddresses = true;
            SystemImpl.AddressTerminatedTopic.Subscribe(Self);
        }
    }
}
