using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>The death watches of one actor: the actors that it watches, and the actors that watch it.</summary>
internal sealed class DeathWatch(ActorCell cell)
{
    /// <summary>The watched actors, each with the message that replaces its Terminated (null: none).</summary>
    private readonly Dictionary<IActorRef, object?> _watching = [];

    private readonly HashSet<InternalActorRef> _watchedBy = [];

    /// <summary>
    /// Actors whose Terminated is in the mailbox. Unwatch removes the actor here, and the queued message is then ignored.
    /// </summary>
    private readonly HashSet<IActorRef> _terminatedQueued = [];

    private bool _isSubscribedToLostAddresses;

    /// <summary>The number of actors that watch this one. For tests.</summary>
    internal int WatcherCount => _watchedBy.Count;

    /// <summary>
    /// Watches an actor. If the message is not null, it replaces the Terminated message. Does nothing if the actor is watched already.
    /// </summary>
    public void Watch(IActorRef subject, object? message)
    {
        var watchee = InternalActorRef.Of(subject);
        if (!watchee.Equals(cell.Self) && _watching.TryAdd(watchee, message))
        {
            watchee.SendSystemMessage(new Watch(watchee, cell.Self));
            SubscribeToLostAddresses(watchee);
        }
    }

    public void Unwatch(IActorRef subject)
    {
        var watchee = InternalActorRef.Of(subject);
        if (!watchee.Equals(cell.Self) && _watching.Remove(watchee))
        {
            watchee.SendSystemMessage(new Unwatch(watchee, cell.Self));
        }

        _terminatedQueued.Remove(watchee);
    }

    public void UnwatchAll()
    {
        foreach (var watched in _watching.Keys)
        {
            var watchee = InternalActorRef.Of(watched);
            watchee.SendSystemMessage(new Unwatch(watchee, cell.Self));
        }

        _watching.Clear();
        _terminatedQueued.Clear();
    }

    public void AddWatcher(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (watchee.Equals(cell.Self) && !watcher.Equals(cell.Self))
        {
            _watchedBy.Add(watcher);
            SubscribeToLostAddresses(watcher);
        }
    }

    public void RemoveWatcher(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (watchee.Equals(cell.Self))
        {
            _watchedBy.Remove(watcher);
        }
    }

    /// <summary>Removes the watch on an actor that has ended, and queues its message unless this actor terminates.</summary>
    public void WatchedActorEnded(DeathWatchNotification ended)
    {
        if (_watching.Remove(ended.Actor, out var message) && !cell.Children.IsTerminating)
        {
            if (message is null)
            {
                _terminatedQueued.Add(ended.Actor);
            }

            // Through the mailbox, so that it arrives after the messages that the ended actor sent before.
            cell.Self.Tell(message ?? new Terminated(ended.Actor, ended.ExistenceConfirmed, ended.AddressTerminated), ended.Actor);
        }
    }

    /// <summary>Takes a Terminated message from the mailbox. Returns false if the watch was undone since it was queued.</summary>
    public bool TryTake(Terminated terminated) => _terminatedQueued.Remove(terminated.ActorRef);

    /// <summary>Records that a Terminated message returns from the stash. Without this, its watch would count as undone.</summary>
    public void Requeue(Terminated terminated) => _terminatedQueued.Add(terminated.ActorRef);

    /// <summary>Handles the loss of a whole actor system: drops its watchers and reports its watched actors as terminated.</summary>
    public void AddressLost(Address address)
    {
        _watchedBy.RemoveWhere(watcher => watcher.Path.Address == address);
        foreach (var watched in _watching.Keys.Where(watched => watched.Path.Address == address).ToArray())
        {
            var actor = InternalActorRef.Of(watched);
            cell.Self.SendSystemMessage(new DeathWatchNotification(actor, cell.Children.Find(actor) is not null, true));
        }
    }

    /// <summary>Reports the end of this actor to the parent and the watchers, and drops all watches.</summary>
    public void Close()
    {
        if (_isSubscribedToLostAddresses)
        {
            cell.SystemImpl.AddressTerminatedTopic.Unsubscribe(cell.Self);
        }

        cell.Parent.SendSystemMessage(new DeathWatchNotification(cell.Self, true, false));

        // Remote watchers first: a local watcher may terminate the whole system when it is notified.
        foreach (var watcher in _watchedBy.OrderBy(watcher => watcher.IsLocal).ThenBy(watcher => watcher))
        {
            if (!watcher.Equals(cell.Parent))
            {
                watcher.SendSystemMessage(new DeathWatchNotification(cell.Self, true, false));
            }
        }

        _watchedBy.Clear();
        UnwatchAll();
    }

    /// <summary>Subscribes to lost addresses when the first watch involves a remote actor. <see cref="Close"/> unsubscribes.</summary>
    private void SubscribeToLostAddresses(InternalActorRef other)
    {
        if (!other.IsLocal && !_isSubscribedToLostAddresses)
        {
            _isSubscribedToLostAddresses = true;
            cell.SystemImpl.AddressTerminatedTopic.Subscribe(cell.Self);
        }
    }
}
