using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Publishes each <see cref="RaftEvent"/> of this process once, and keeps <see cref="RaftProcess.Status"/> up to date. The status changes
/// before the event is published.
/// </summary>
internal sealed class EventPublishing(EngineContext context)
{
    private readonly HashSet<ProcessName> _inReach = [];

    // The members of the latest MembersChanged; null: no committed members are known.
    private ImmutableArray<GroupMember>? _told;

    // This incarnation was in a configuration. A joining process that reads older configurations has not been removed.
    private bool _wasMember;
    private bool _hasToldRemoved;

    private string Group => context.Process.Settings.Group;

    private ProcessName Self => context.Process.Name;

    /// <summary>Reads the membership from the store. Entries of the log may be uncommitted; a snapshot is committed.</summary>
    public void OnStarted()
    {
        _wasMember = context.Core.Configuration.Group != GroupUid.None && HasThisLife(context.Core.Configuration);
        if (context.Core.Snapshot is { } snapshot)
        {
            OnConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        }
    }

    /// <summary>Core has taken an input. Its effects are not carried out yet.</summary>
    public void OnStepped()
    {
        var before = context.Process.Status;
        var now = before.With(context.Core, Machine.Current.Time);
        if (ReferenceEquals(now, before))
        {
            return;
        }

        context.Process.Status = now;
        if (now.Leader is not null)
        {
            context.Twins.OnLeader();
        }

        if ((now.Role, now.Term) != (before.Role, before.Term))
        {
            var electedBy = context.Core.ElectedBy.Select(voter => voter.Name);
            context.Publish(new RaftEvent.RoleChanged(Group, Self, now.Role, now.Term, [.. electedBy]));
            context.Process.Telemetry.Elections.OnRole(now.Role);
        }

        // The same process in another term is another leader, because a term begins without one.
        if (now.Leader != before.Leader || (now.Leader is not null && now.Term != before.Term))
        {
            context.Publish(new RaftEvent.LeaderChanged(Group, Self, now.Leader, now.Term));
        }
    }

    /// <summary>A configuration is committed here.</summary>
    public void OnConfiguration(LogIndex index, Configuration configuration)
    {
        if (configuration.IsJoint)
        {
            return;
        }

        var members = GroupMember.AllOf(configuration);
        context.Process.Status = context.Process.Status with
        {
            Members = members,
            MembersIndex = index,
            MaxQuorum = configuration.MaxQuorum,
            FormatLevel = configuration.FormatLevel,
            Identity = configuration.Group.Value,
        };
        if (_told is not { } told || !told.Select(Standing).SequenceEqual(members.Select(Standing)))
        {
            _told = members;
            context.Publish(new RaftEvent.MembersChanged(Group, Self, index, members, index <= context.Process.FoundIndex));
        }

        if (configuration.HasName(Self))
        {
            (_wasMember, _hasToldRemoved) = (HasThisLife(configuration), false);
            context.Process.Status = context.Process.Status with { IsRemoved = false };
        }
        else if (_wasMember && configuration == context.Core.Configuration)
        {
            // Only the latest configuration of the log decides: the process may have left and rejoined before it.
            OnRemoved();
        }
    }

    /// <summary>This leader has appended a configuration.</summary>
    /// <returns>The published event; null if the configuration only ends a joint one.</returns>
    public RaftEvent.MembersDecided? OnDecided(Effect.MembersDecided effect)
    {
        if (effect.EndsJoint)
        {
            return null;
        }

        var (voters, before) = (effect.Configuration.Voters, effect.Configuration.OldVoters);
        ImmutableArray<ProcessName> promoted = before.IsEmpty ? [] : [.. voters.Except(before).Select(member => member.Name)];
        var decided = new RaftEvent.MembersDecided(
            Group, Self, effect.Index, promoted, [.. before.Except(voters).Select(member => member.Name)], effect.Reason);
        context.Publish(decided);
        return decided;
    }

    /// <summary>A peer was met, or its reachability changed.</summary>
    public void OnPeer(ProcessName name)
    {
        var isReachable = context.Peers.FindReachable(name) is not null;
        if (isReachable ? _inReach.Add(name) : _inReach.Remove(name))
        {
            context.Process.Status = context.Process.Status with { Reachable = [.. _inReach.Order()] };
            context.Publish(new RaftEvent.PeerChanged(Group, Self, name, isReachable)
            {
                IsExpected = !isReachable && (context.Stopping.IsStopping || context.Peers.IsLeaving(name)),
            });
        }
    }

    public RaftEvent.Refused OnRefused(Effect.Refused effect)
    {
        var refused = new RaftEvent.Refused(Group, Self, effect.By.Name, effect.Reason, effect.Detail);
        context.Publish(refused);
        if (refused.Reason == RefusalReason.Removed)
        {
            // The process may rejoin through a snapshot that skips the removal. Then its members are the same as before, and are
            // published again.
            _told = null;
            OnRemoved();
        }

        return refused;
    }

    public RaftEvent.Fenced OnFenced(string detail)
    {
        var fenced = new RaftEvent.Fenced(Group, Self, detail);
        context.Publish(fenced);
        return fenced;
    }

    // A new incarnation is no other member.
    private static (ProcessName Name, bool IsVoter) Standing(GroupMember member) => (member.Name, member.IsVoter);

    // A founding configuration may not know the incarnation yet.
    private bool HasThisLife(Configuration configuration) =>
        configuration.Holds(context.Process.Member) || configuration.Holds(new Member(Self, Incarnation.None));

    private void OnRemoved()
    {
        context.Process.Status = context.Process.Status with { IsRemoved = true };
        if (!_hasToldRemoved)
        {
            _hasToldRemoved = true;
            context.Publish(new RaftEvent.Removed(Group, Self));
        }
    }
}
