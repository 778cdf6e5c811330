using System.Collections.Immutable;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>Failure detection. Each node monitors a few others and gossips which of them are unreachable.</summary>
internal sealed partial class ClusterDaemon
{
    private readonly Dictionary<UniqueAddress, Monitored> _monitored = [];

    private void MonitorMembers()
    {
        var targets = HeartbeatRing.Targets(_self, _gossip.Members.Select(m => m.UniqueAddress), _settings.MonitoredByNrOfMembers)
            // Keep monitoring the nodes that this node reports as unreachable. Only this node can retract that.
            .Union(Others.Where(node => !_gossip.Reachability.IsReachable(_self, node)));
        foreach (var gone in _monitored.Keys.Where(node => !targets.Contains(node)).ToList())
        {
            _monitored.Remove(gone);
        }
        foreach (var target in targets.Where(node => !_monitored.ContainsKey(node)))
        {
            var scheduler = Context.System.Scheduler;
            _monitored[target] = new Monitored(
                new PhiAccrualFailureDetector(_settings.FailureDetectorConfig, () => scheduler.MonotonicClock),
                Now);
        }
        _provider.RemoteWatcher.Tell(new RemoteWatcher.ClusterMembers([.. Others.Select(node => node.Address)]), Self);
    }

    private void SendHeartbeats()
    {
        foreach (var (node, monitored) in _monitored)
        {
            if (!monitored.Detector.IsMonitoring && Now - monitored.Since > _settings.HeartbeatExpectedResponseAfter)
            {
                monitored.Detector.HeartBeat();
            }
            DaemonOf(node.Address).Tell(new ClusterMessage.Heartbeat(), Self);
        }
    }

    private void HeartbeatReceived(UniqueAddress from)
    {
        if (!_monitored.TryGetValue(from, out var monitored))
        {
            return;
        }
        monitored.Detector.HeartBeat();
        if (!_gossip.Reachability.IsReachable(_self, from))
        {
            LogInfo($"node [{from.Address}] is reachable again");
            Adopt(MembershipRules.MarkReachable(_gossip, _self, from));
        }
    }

    private void Reap()
    {
        var missed = _monitored
            .Where(m => !m.Value.Detector.IsAvailable && _gossip.Reachability.IsReachable(_self, m.Key))
            .Select(m => m.Key)
            .ToImmutableSortedSet();
        if (!missed.IsEmpty)
        {
            var addresses = string.Join(", ", missed.Select(node => node.Address));
            _log.Warning($"Cluster Node [{_self.Address}] - no heartbeats from [{addresses}]: unreachable");
            Adopt(MembershipRules.MarkUnreachable(_gossip, _self, missed));
        }
    }

    private sealed record Monitored(PhiAccrualFailureDetector Detector, TimeSpan Since);
}
