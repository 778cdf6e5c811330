using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// Gossip and leader actions. A node sends its own changes to all others at once. The leader acts as soon as the gossip has
/// converged. So a change takes a few messages, and the periodic intervals only repair losses.
/// </summary>
internal sealed partial class ClusterDaemon
{
    /// <summary>Applies a gossip that this node changed, and sends it to the others.</summary>
    private void Adopt(Gossip next)
    {
        if (ReferenceEquals(next, _gossip))
        {
            return;
        }
        Replace(next);
        foreach (var node in Others)
        {
            GossipTo(node);
        }
        ActOnGossip();
    }

    private void Replace(Gossip next)
    {
        var former = _gossip;
        _gossip = next;
        cluster.Publish(next);
        if (next.Version.CompareTo(former.Version) == ClockOrder.Same)
        {
            // Only the set of nodes that have seen it changed, as with most gossip.
            return;
        }
        _exitingConfirmed.RemoveWhere(node => !next.Has(node));
        foreach (var member in next.Members.Where(m => former.Find(m.UniqueAddress)?.Status != m.Status))
        {
            LogInfo($"node [{member.Address}] is [{member.Status}]");
        }
        _publisher.PublishChanges(former, next, _self);
        CallBackWhenUp();
        Forget(former, next);
        MonitorMembers();
    }

    private void ActOnGossip()
    {
        switch (SelfStatus)
        {
            case MemberStatus.Exiting:
                cluster.SelfExiting();
                break;
            case MemberStatus.Down:
                LogInfo("this node has been declared Down and shuts down");
                SendExitingConfirmed();
                cluster.SelfDowned();
                Context.Stop(Self);
                return;
        }
        LeaderActions();
    }

    private void GossipReceived(ClusterMessage.GossipEnvelope envelope)
    {
        var theirs = envelope.Gossip;
        // The message is for an earlier incarnation of this node, or its sender and this node are not members of each other's gossip.
        if (!envelope.To.Equals(_self) || !_gossip.Has(envelope.From) || !theirs.Has(_self))
        {
            return;
        }
        var order = theirs.Version.CompareTo(_gossip.Version);
        var winner = order switch
        {
            ClockOrder.Same => _gossip.MergeSeen(theirs),
            ClockOrder.Before => _gossip,
            ClockOrder.After => theirs,
            _ => _gossip.Merge(theirs),
        };
        Replace(winner.SeenBy(_self));
        if (order is ClockOrder.Before or ClockOrder.Concurrent || !theirs.Seen.Contains(_self))
        {
            GossipTo(envelope.From);
        }
        ActOnGossip();
    }

    private void GossipTo(UniqueAddress node)
    {
        if (_gossip.Has(node))
        {
            DaemonOf(node.Address).Tell(new ClusterMessage.GossipEnvelope(_self, node, _gossip), Self);
        }
    }

    /// <summary>Gossips to a random node that has not seen this version, else to any node.</summary>
    private void GossipToOne()
    {
        var others = Others.ToList();
        var behind = others.Where(node => !_gossip.Seen.Contains(node)).ToList();
        var candidates = behind.Count > 0 ? behind : others;
        if (candidates.Count > 0)
        {
            GossipTo(candidates[Random.Shared.Next(candidates.Count)]);
        }
    }

    private void LeaderActions()
    {
        if (SelfStatus is MemberStatus.Removed or MemberStatus.Down || !_self.Equals(_gossip.Leader(_self)))
        {
            return;
        }
        if (_gossip.IsConverged(_self, _exitingConfirmed))
        {
            _lastConvergence = Now;
            Adopt(MembershipRules.LeaderActions(_gossip, _self, _exitingConfirmed, _settings.MinNrOfMembers));
        }
        else if (_settings.AllowWeaklyUpMembers && Now - _lastConvergence > _settings.WeaklyUpAfter)
        {
            Adopt(MembershipRules.WeaklyUp(_gossip, _self));
        }
    }

    private void ExitingConfirmed(UniqueAddress node)
    {
        if (_gossip.Find(node) is not { } member)
        {
            return;
        }
        _exitingConfirmed.Add(node);
        var isUnexpected = member.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up;
        if (isUnexpected && SelfStatus is MemberStatus.Up or MemberStatus.Leaving)
        {
            // The node ended before it could leave, for example while joining. Without this, the others would wait for failure detection.
            Adopt(MembershipRules.Down(_gossip, _self, node.Address));
        }
        else
        {
            LeaderActions();
        }
    }

    private void SendExitingConfirmed()
    {
        // Also tell the node that was asked to admit this one: it may have done so, and its answer may be on the way.
        foreach (var address in Others.Select(node => node.Address).Append(_joining.Target).OfType<Address>())
        {
            DaemonOf(address).Tell(new ClusterMessage.ExitingConfirmed(_self), Self);
        }
    }

    /// <summary>Reports removed members to the watchers. A Down member is quarantined, so that its uid cannot return.</summary>
    private void Forget(Gossip former, Gossip next)
    {
        foreach (var member in former.Members.Where(m => !next.Has(m.UniqueAddress)))
        {
            LogInfo($"node [{member.Address}] was removed, it was [{member.Status}]");
            if (member.Status == MemberStatus.Down)
            {
                _provider.Transport.Quarantine(member.Address, member.UniqueAddress.Uid);
            }
            else
            {
                _provider.AddressTerminated(member.Address);
            }
        }
    }

    private void CallBackWhenUp()
    {
        if (SelfStatus == MemberStatus.Up)
        {
            _onMemberUp.ForEach(callback => callback());
            _onMemberUp.Clear();
        }
    }
}
