using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// What this process's engine tells everybody on its node: publishes each <see cref="RaftEvent"/> once, and keeps the process's
/// <see cref="ProcessView"/> up to date. An event is published after the view shows it.
/// </summary>
internal sealed class EventDesk(EngineContext context, RaftCore core, Action<RaftEvent> publish)
{
    private readonly HashSet<ProcessName> _inReach = [];

    // The members that were told last; before that nothing is committed here as far as is known.
    private ImmutableArray<GroupMember>? _told;

    // It belonged to the group once: who only reads of a time before it came, perhaps with another life of its name, is not removed.
    private bool _wasMember;
    private bool _hasToldRemoved;

    private string Group => context.Process.Settings.Group;

    private ProcessName Self => context.Process.Pid.Name;

    /// <summary>What the store says: its log may go further than what is known to be committed, and a snapshot is committed.</summary>
    public void OnStarted()
    {
        _wasMember = core.Configuration.Group != GroupUid.None && HasThisLife(core.Configuration);
        if (core.Snapshot is { } snapshot)
        {
            OnConfiguration(snapshot.ConfigurationIndex, snapshot.Configuration);
        }
    }

    /// <summary>Core took an input; its effects are not carried out yet.</summary>
    public void OnStepped()
    {
        var before = context.Process.View;
        var now = before.With(core);
        if (now == before)
        {
            return;
        }

        context.Process.View = now;
        if ((now.Role, now.Term) != (before.Role, before.Term))
        {
            publish(new RaftEvent.RoleChanged(Group, Self, now.Role, now.Term, [.. core.ElectedBy.Select(voter => voter.Name)]));
        }

        // Of another term it is another leader, and a term begins without one.
        if (now.LedBy != before.LedBy || (now.LedBy is not null && now.Term != before.Term))
        {
            publish(new RaftEvent.LeaderChanged(Group, Self, now.LedBy, now.Term));
        }
    }

    /// <summary>It is committed here.</summary>
    public void OnConfiguration(LogIndex index, Configuration configuration)
    {
        if (configuration.IsJoint)
        {
            return;
        }

        var members = ProcessView.MembersOf(configuration);
        if (_told is not { } told || !told.SequenceEqual(members))
        {
            _told = members;
            context.Process.View = context.Process.View with { Members = members, Identity = configuration.Group };
            publish(new RaftEvent.MembersChanged(Group, Self, index, members));
        }

        if (configuration.HasName(Self))
        {
            (_wasMember, _hasToldRemoved) = (HasThisLife(configuration), false);
        }
        else if (_wasMember && configuration == core.Configuration)
        {
            // The latest in its log: it may have left before that, and been taken in again.
            OnRemoved();
        }
    }

    /// <summary>A peer was met, or heard of.</summary>
    public void OnPeer(ProcessName name)
    {
        var isReachable = context.Peers.FindReachable(name) is not null;
        if (isReachable ? _inReach.Add(name) : _inReach.Remove(name))
        {
            publish(new RaftEvent.PeerChanged(Group, Self, name, isReachable));
        }
    }

    public void OnRefused(Effect.Refused refused)
    {
        publish(new RaftEvent.Refused(Group, Self, refused.By.Name, refused.Reason, refused.Detail));
        if (refused.Reason == RefusalReason.Removed)
        {
            // When it is taken in again its log may show the same members as before, by a snapshot that passes over the removal.
            _told = null;
            OnRemoved();
        }
    }

    public void OnShutOut(string detail) => publish(new RaftEvent.ShutOut(Group, Self, detail));

    // Or whichever comes first.
    private bool HasThisLife(Configuration configuration) =>
        configuration.Holds(context.Process.Member) || configuration.Holds(new Member(Self, Incarnation.None));

    private void OnRemoved()
    {
        if (!_hasToldRemoved)
        {
            _hasToldRemoved = true;
            publish(new RaftEvent.Removed(Group, Self));
        }
    }
}
