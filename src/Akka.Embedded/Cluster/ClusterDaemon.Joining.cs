using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>Joining, and admitting others. <see cref="ClusterJoining"/> decides the steps of this node's own attempt.</summary>
internal sealed partial class ClusterDaemon
{
    private readonly ClusterJoining _joining = new(cluster.SelfUniqueAddress.Address, cluster.Settings);
    private bool _leavesAfterJoining;
    private ICancelable? _joinTimer;

    private bool IsMember => _gossip.Has(_self);

    private void JoinSeedNodes(ImmutableList<Address> seedNodes)
    {
        if (IsMember)
        {
            LogInfo("is already a member; the request to join seed nodes is ignored");
            return;
        }
        CarryOut(_joining.JoinSeedNodes(seedNodes, Now));
    }

    private void JoinTo(Address address)
    {
        if (IsMember)
        {
            LogInfo($"is already a member; the request to join [{address}] is ignored");
            return;
        }
        CarryOut(_joining.JoinTo(address, Now));
    }

    private void JoinTick()
    {
        if (!IsMember)
        {
            CarryOut(_joining.Retry(Now));
        }
    }

    private void CarryOut(JoinStep? step)
    {
        switch (step)
        {
            case JoinStep.AskSeedNodes ask:
                foreach (var seed in ask.SeedNodes)
                {
                    DaemonOf(seed).Tell(new ClusterMessage.InitJoin(), Self);
                }
                JoinTickAfter(ask.RetryAfter);
                break;
            case JoinStep.AskToJoin ask:
                DaemonOf(ask.Address).Tell(new ClusterMessage.Join(_self, _settings.Roles), Self);
                JoinTickAfter(ask.RetryAfter);
                break;
            case JoinStep.Found:
                _joinTimer?.Cancel();
                LogInfo("is joining itself and founds a new cluster");
                var founded = MembershipRules.Join(_gossip, _self, _self, _settings.Roles);
                // In one step, as in Akka.NET: no subscriber sees the founder joining unless it waits for more members.
                Adopt(MembershipRules.LeaderActions(founded, _self, _exitingConfirmed, _settings.MinNrOfMembers));
                break;
            case JoinStep.GiveUp(var seedNodes, var limit):
                _log.Error(
                    $"Cluster Node [{_self.Address}] - could not join any of the seed nodes [{string.Join(", ", seedNodes)}] within "
                    + $"{limit.TotalSeconds} s (akka.cluster.shutdown-after-unsuccessful-join-seed-nodes); the actor system shuts down.");
                cluster.SelfDowned();
                Context.Stop(Self);
                break;
        }
    }

    private void JoinTickAfter(TimeSpan wait)
    {
        _joinTimer?.Cancel();
        _joinTimer = Context.System.Scheduler.ScheduleTellOnceCancelable(wait, Self, new ClusterCommand.Tick(TickKind.Join), Self);
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
            case ClusterMessage.InitJoinAck ack:
                CarryOut(_joining.AckReceived(ack.Address, Now));
                break;
            case ClusterMessage.InitJoinNack nack:
                CarryOut(_joining.NackReceived(nack.Address));
                break;
            case ClusterMessage.Join join:
                Join(join.Node, join.Roles);
                break;
            case ClusterMessage.Welcome welcome:
                Welcomed(welcome.From, welcome.Gossip);
                break;
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
        if (IsMember || !from.Address.Equals(_joining.Target) || !gossip.Has(_self))
        {
            return;
        }
        _joining.Welcomed();
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
