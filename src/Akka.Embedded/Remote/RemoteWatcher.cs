using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;

namespace Akka.Remote;

/// <summary>
/// Watches remote actors for the local ones and exchanges heartbeats with their systems. A silent system is quarantined, and its
/// actors count as dead. Cluster members are excluded: the cluster's failure detector monitors them. A heartbeat is an Identify to
/// the other remote watcher. Its answer also reveals a restart of that system.
/// </summary>
internal sealed class RemoteWatcher(RemoteActorRefProvider provider) : UntypedActor
{
    /// <summary>The name of the actor, below /system.</summary>
    public const string Name = "remote-watcher";

    private readonly Config _config = provider.RemoteSettings.WatchFailureDetector;
    private readonly Dictionary<InternalActorRef, HashSet<InternalActorRef>> _watchersOf = [];
    private readonly Dictionary<Address, Node> _nodes = [];
    private readonly List<ICancelable> _timers = [];
    private ImmutableHashSet<Address> _clusterMembers = [];

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    protected override void PreStart()
    {
        Every(_config.GetTimeSpan("heartbeat-interval"), new HeartbeatTick());
        Every(_config.GetTimeSpan("unreachable-nodes-reaper-interval"), new ReapTick());
    }

    protected override void PostStop() => _timers.ForEach(timer => timer.Cancel());

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WatchRemote watch:
                Watch(watch.Watchee, watch.Watcher);
                break;
            case UnwatchRemote unwatch:
                Unwatch(unwatch.Watchee, unwatch.Watcher);
                break;
            case ActorIdentity { Subject: { } remoteWatcher }:
                HeartbeatReceived(remoteWatcher.Path);
                break;
            case HeartbeatTick:
                AskForHeartbeats();
                break;
            case ReapTick:
                Reap();
                break;
            case ClusterMembers members:
                _clusterMembers = members.Addresses;
                break;
            case Terminated terminated:
                WatcheeTerminated(InternalActorRef.Of(terminated.ActorRef), terminated);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Every(TimeSpan interval, object tick) =>
        _timers.Add(Context.System.Scheduler.ScheduleTellRepeatedlyCancelable(interval, interval, Self, tick, Self));

    private void Watch(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (!_watchersOf.TryGetValue(watchee, out var watchers))
        {
            _watchersOf[watchee] = watchers = [];
            Context.Watch(watchee);
        }

        watchers.Add(watcher);
        var address = watchee.Path.Address;
        if (!_nodes.ContainsKey(address))
        {
            var scheduler = Context.System.Scheduler;
            var remoteWatcher = provider.RemoteWatcherAt(address);
            _nodes[address] = new Node(new PhiAccrualFailureDetector(_config, () => scheduler.MonotonicClock), remoteWatcher, Now);
            AskForHeartbeat(address, _nodes[address]);
        }
    }

    private void Unwatch(InternalActorRef watchee, InternalActorRef watcher)
    {
        if (_watchersOf.TryGetValue(watchee, out var watchers) && watchers.Remove(watcher) && watchers.Count == 0)
        {
            Context.Unwatch(watchee);
            Forget(watchee);
        }
    }

    private void WatcheeTerminated(InternalActorRef watchee, Terminated terminated)
    {
        // Watchers receive the loss of a whole address through the address topic.
        if (!terminated.AddressTerminated && _watchersOf.TryGetValue(watchee, out var watchers))
        {
            foreach (var watcher in watchers)
            {
                watcher.SendSystemMessage(new DeathWatchNotification(watchee, terminated.ExistenceConfirmed, AddressTerminated: false));
            }
        }

        Forget(watchee);
    }

    private void Forget(InternalActorRef watchee)
    {
        _watchersOf.Remove(watchee);
        var address = watchee.Path.Address;
        if (!_watchersOf.Keys.Any(other => other.Path.Address.Equals(address)))
        {
            _nodes.Remove(address);
        }
    }

    private void HeartbeatReceived(ActorPath remoteWatcher)
    {
        if (!_nodes.TryGetValue(remoteWatcher.Address, out var node))
        {
            return;
        }

        if (node.Uid != remoteWatcher.Uid)
        {
            // The system was restarted before this answer. It may not know our watches. It answers a repeated watch for an actor
            // that it never had.
            foreach (var watchee in _watchersOf.Keys.Where(w => w.Path.Address.Equals(remoteWatcher.Address)))
            {
                watchee.SendSystemMessage(new Watch(watchee, InternalActorRef.Of(Self)));
            }
        }

        node.Uid = remoteWatcher.Uid;
        node.Detector.HeartBeat();
    }

    private void AskForHeartbeats()
    {
        foreach (var (address, node) in _nodes)
        {
            AskForHeartbeat(address, node);
        }
    }

    private void AskForHeartbeat(Address address, Node node)
    {
        if (_clusterMembers.Contains(address))
        {
            return;
        }

        if (!node.Detector.IsMonitoring && Now - node.Since > _config.GetTimeSpan("expected-response-after"))
        {
            // The system never answered: measure the silence from now on.
            node.Detector.HeartBeat();
        }

        node.RemoteWatcher.Tell(new Identify(null), Self);
    }

    private void Reap()
    {
        foreach (var (address, node) in _nodes.Where(n => !_clusterMembers.Contains(n.Key) && !n.Value.Detector.IsAvailable).ToList())
        {
            provider.Transport.Quarantine(address);
        }
    }

    internal sealed record WatchRemote(InternalActorRef Watchee, InternalActorRef Watcher) : INoSerializationVerificationNeeded;

    internal sealed record UnwatchRemote(InternalActorRef Watchee, InternalActorRef Watcher) : INoSerializationVerificationNeeded;

    /// <summary>The addresses that the cluster's failure detector monitors from now on.</summary>
    internal sealed record ClusterMembers(ImmutableHashSet<Address> Addresses) : INoSerializationVerificationNeeded;

    private sealed record HeartbeatTick : INoSerializationVerificationNeeded;

    private sealed record ReapTick : INoSerializationVerificationNeeded;

    private sealed record Node(PhiAccrualFailureDetector Detector, InternalActorRef RemoteWatcher, TimeSpan Since)
    {
        /// <summary>The uid of the other system's remote watcher. It changes with each restart.</summary>
        public long? Uid { get; set; }
    }
}
