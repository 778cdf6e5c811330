using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// Joining, and admitting others. The node asks the seed nodes whether they are members, and joins the first member that answers.
/// Retries begin quickly and slow down, because a seed may be starting.
/// </summary>
internal sealed partial class ClusterDaemon
{
    private static readonly TimeSpan FirstRetryAfter = TimeSpan.FromMilliseconds(50);

    private readonly HashSet<Address> _nacks = [];
    private ImmutableList<Address> _seedNodes = [];
    private Address? _joinTarget;
    private bool _isSeeking;
    private bool _leavesAfterJoining;
    private TimeSpan _seekingSince;
    private TimeSpan _joiningSince;
    private TimeSpan _retryAfter;
    private ICancelable? _joinTimer;

    private bool IsMember => _gossip.Has(_self);

    private ImmutableList<Address> OtherSeedNodes => _seedNodes.Remove(_self.Address);

    private void JoinSeedNodes(ImmutableList<Address> seedNodes)
    {
        if (IsMember)
        {
            LogInfo("is already a member; the request to join seed nodes is ignored");
            return;
        }
        _seedNodes = seedNodes;
        _seekingSince = Now;
        Seek();
    }

    private void Seek()
    {
        _joinTarget = null;
        _isSeeking = true;
        _nacks.Clear();
        _retryAfter = FirstRetryAfter;
        if (OtherSeedNodes.IsEmpty)
        {
            JoinTo(_self.Address);
            return;
        }
        AskSeedNodes();
    }

    private void AskSeedNodes()
    {
        foreach (var seed in OtherSeedNodes)
        {
            DaemonOf(seed).Tell(new ClusterMessage.InitJoin(), Self);
        }
        TryAgainLater(_settings.SeedNodeTimeout);
    }

    private void JoinTo(Address address)
    {
        if (IsMember)
        {
            LogInfo($"is already a member; the request to join [{address}] is ignored");
            return;
        }
        _isSeeking = false;
        _joinTimer?.Cancel();
        if (address.Equals(_self.Address))
        {
            LogInfo("is joining itself and founds a new cluster");
            Adopt(MembershipRules.Join(_gossip, _self, _self, _settings.Roles));
            return;
        }
        _joinTarget = address;
        _joiningSince = Now;
        _retryAfter = FirstRetryAfter;
        AskToJoin(address);
    }

    private void AskToJoin(Address address)
    {
        DaemonOf(address).Tell(new ClusterMessage.Join(_self, _settings.Roles), Self);
        TryAgainLater(_settings.RetryUnsuccessfulJoinAfter ?? Timeout.InfiniteTimeSpan);
    }

    private void TryAgainLater(TimeSpan atMost)
    {
        var wait = atMost > TimeSpan.Zero && atMost < _retryAfter ? atMost : _retryAfter;
        _retryAfter = wait * 2;
        _joinTimer?.Cancel();
        _joinTimer = Context.System.Scheduler.ScheduleTellOnceCancelable(wait, Self, new ClusterCommand.Tick(TickKind.Join), Self);
    }

    private void JoinTick()
    {
        if (IsMember)
        {
            return;
        }
        if (_settings.ShutdownAfterUnsuccessfulJoinSeedNodes is { } limit && !_seedNodes.IsEmpty && Now - _seekingSince > limit)
        {
            _log.Error(
                $"Cluster Node [{_self.Address}] - could not join any of the seed nodes [{string.Join(", ", _seedNodes)}] within "
                + $"{limit.TotalSeconds} s (akka.cluster.shutdown-after-unsuccessful-join-seed-nodes); the actor system shuts down.");
            cluster.SelfDowned();
            Context.Stop(Self);
            return;
        }
        if (_isSeeking)
        {
            var isFirst = _seedNodes[0].Equals(_self.Address);
            if (isFirst && Now - _seekingSince >= _settings.SeedNodeTimeout)
            {
                JoinTo(_self.Address);
                return;
            }
            AskSeedNodes();
        }
        else if (_joinTarget is { } target)
        {
            // A seed that answered once and then died must not block joining another one.
            var hasTimedOut = _settings.RetryUnsuccessfulJoinAfter is { } after && Now - _joiningSince >= after;
            if (hasTimedOut && !_seedNodes.IsEmpty)
            {
                Seek();
                return;
            }
            AskToJoin(target);
        }
    }

    private void JoiningMessageReceived(ClusterMessage message)
    {
        switch (message)
        {
            case ClusterMessage.InitJoin:
                var acceptsJoins = SelfStatus is not (MemberStatus.Removed or MemberStatus.Exiting or MemberStatus.Down);
                Sender.Tell(
                    acceptsJoins ? new ClusterMessage.InitJoinAck(_self.Address) : new ClusterMessage.InitJoinNack(_self.Address),
                    Self);
                break;
            case ClusterMessage.InitJoinAck ack when _isSeeking:
                JoinTo(ack.Address);
                break;
            case ClusterMessage.InitJoinNack nack when _isSeeking:
                NackReceived(nack.Address);
                break;
            case ClusterMessage.Join join:
                Join(join.Node, join.Roles);
                break;
            case ClusterMessage.Welcome welcome:
                Welcomed(welcome.From, welcome.Gossip);
                break;
        }
    }

    /// <summary>Founds the cluster on the first seed, once all other seeds have answered that they are not members.</summary>
    private void NackReceived(Address from)
    {
        _nacks.Add(from);
        if (_seedNodes[0].Equals(_self.Address) && OtherSeedNodes.All(_nacks.Contains))
        {
            JoinTo(_self.Address);
        }
    }

    private void Join(UniqueAddress node, ImmutableHashSet<string> roles)
    {
        if (SelfStatus is MemberStatus.Removed or MemberStatus.Exiting or MemberStatus.Down || node.Equals(_self))
        {
            return;
        }
        if (node.Address.System != _self.Address.System || node.Address.Protocol != _self.Address.Protocol)
        {
            _log.Warning(
                $"Cluster Node [{_self.Address}] - [{node.Address}] cannot join: "
                + "all members need the same protocol and system name.");
            return;
        }
        var next = MembershipRules.Join(_gossip, _self, node, roles);
        if (next.Has(node))
        {
            // Welcome the new node first. Otherwise it may receive gossip before it knows that it is a member.
            DaemonOf(node.Address).Tell(new ClusterMessage.Welcome(_self, next), Self);
        }
        else
        {
            LogInfo($"[{node.Address}] was restarted and wants to join; its former incarnation is removed first");
        }
        Adopt(next);
    }

    private void Welcomed(UniqueAddress from, Gossip gossip)
    {
        if (IsMember || !from.Address.Equals(_joinTarget) || !gossip.Has(_self))
        {
            return;
        }
        _joinTarget = null;
        _joinTimer?.Cancel();
        LogInfo($"was welcomed by [{from.Address}]");
        Replace(gossip.SeenBy(_self));
        GossipTo(from);
        ActOnGossip();
        if (_leavesAfterJoining)
        {
            Adopt(MembershipRules.Leave(_gossip, _self, _self.Address));
        }
    }
}
