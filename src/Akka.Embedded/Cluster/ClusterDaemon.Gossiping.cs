using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// Gossip, and the leader's work. What this node changes it tells everybody at once, and the leader acts as soon as it hears
/// that all know: so a change takes as long as a few messages. The intervals are for what gets lost.
/// </summary>
internal sealed partial class ClusterDaemon
{
    /// <summary>Takes over a gossip that this node itself changed, and tells the others.</summary>
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
        Consider();
    }

    private void Replace(Gossip next)
    {
        var former = _gossip;
        _gossip = next;
        cluster.Publish(next);
        if (next.Version.CompareTo(former.Version) == ClockOrder.Same)
        {
            // Only who has seen it changed, as with most gossip.
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

    private void Consider()
    {
        switch (SelfStatus)
        {
            case MemberStatus.Exiting:
                cluster.SelfExiting();
                break;
            case MemberStatus.Down:
                LogInfo("this node has been declared Down and shuts down");
                SayGoodbye();
                cluster.SelfDowned();
                Context.Stop(Self);
                return;
        }
        LeaderActions();
    }

    private void GossipReceived(ClusterMessage.GossipEnvelope envelope)
    {
        var theirs = envelope.Gossip;
        // A message for a former life of this node, or from one that is no member, or whose view has no place for us.
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
        Consider();
    }

    private void GossipTo(UniqueAddress node)
    {
        if (_gossip.Has(node))
        {
            DaemonOf(node.Address).Tell(new ClusterMessage.GossipEnvelope(_self, node, _gossip), Self);
        }
    }

    /// <summary>To somebody who may not know the latest, if there is one.</summary>
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
            // It ended before it could leave, while it was joining for instance. Nobody should have to miss it first.
            Adopt(MembershipRules.Down(_gossip, _self, node.Address));
        }
        else
        {
            LeaderActions();
        }
    }

    private void SayGoodbye()
    {
        // To a node that was asked to let this one in, too: it may have done so, and its answer be under way.
        foreach (var address in Others.Select(node => node.Address).Append(_joinTarget).OfType<Address>())
        {
            DaemonOf(address).Tell(new ClusterMessage.ExitingConfirmed(_self), Self);
        }
    }

    /// <summary>Whoever was removed is dead to the watchers; and if it was Down, it must not come back under that uid.</summary>
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
