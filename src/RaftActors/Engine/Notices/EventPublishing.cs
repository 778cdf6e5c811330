using System.Collections.Immutable;

using Akka.Event;

using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Publishes each <see cref="RaftEvent"/> of this process once, and keeps <see cref="RaftProcess.Status"/> up to date. The status changes
/// before the event is published. A log entry of a fact that is published too has the event as its last argument, which the text does not
/// show. A program that handles the events leaves out these entries.
/// </summary>
internal sealed class EventPublishing(EngineContext context, DuplicateProcesses duplicates)
{
    private readonly HashSet<ProcessName> _inReach = [];
    private readonly PeerPrograms _programs = new(context);

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
            duplicates.OnLeader();
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
            FormatLevel = configuration.Version.Format,
            LogicVersion = configuration.Version.Logic,
            Identity = configuration.Group.Value,
        };
        _programs.Show();
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
    public void OnDecided(Effect.MembersDecided decided)
    {
        var decision = $"{decided.Configuration}, since {decided.Reason}";
        context.Process.Status = context.Process.Status with { Decision = decision };
        context.Log.Info("{Process} decided: {Decision}", Self, decision, decided.EndsJoint ? null : PublishDecided(decided));
        if (decided.Configuration.Era > context.Core.Options.StartedAt)
        {
            context.Log.Warning(
                "{Process}: the clock of this node was behind the era of the group, {Era} us after 1970, when it started. If the group was "
                    + "restored just now, stamps from before may come again: correct the clock, and restore again. Otherwise correct it.",
                Self,
                decided.Configuration.Era);
        }
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
                IsExpected = !isReachable && (context.IsStopping || context.Peers.IsLeaving(name)),
            });
        }
    }

    /// <summary>A process announces its program.</summary>
    public void OnProgram(ProcessName name, RaftProgram program) => _programs.OnPeer(name, program);

    /// <summary>
    /// Another process refuses this one. A process with a new store rejoins by itself, as a learner. Only the loss of a store on a disk is
    /// unexpected. A process that joins hears of each member that it is none, until it is one.
    /// </summary>
    public void OnRefused(Effect.Refused effect)
    {
        switch (effect.Reason)
        {
            case RefusalReason.OtherGroup:
                context.Peers.MarkOfOther(effect.By.Name);
                break;
            case RefusalReason.NameTaken:
                duplicates.OnNameTaken(effect.Detail);
                break;
        }

        var isJoining = effect.Reason == RefusalReason.NotInRoster && context.Process.Settings.IsJoining;
        var isOtherStore = effect.Reason == RefusalReason.OtherIncarnation;
        var level = isJoining || (isOtherStore && !context.Process.HasUnexpectedlyNewStore) ? LogLevel.InfoLevel
            : isOtherStore ? LogLevel.WarningLevel
            : LogLevel.ErrorLevel;
        var text = isJoining ? "{Process} waits to join the group of {By}: {Detail}."
            : effect.Reason == RefusalReason.NotInRoster
                ? "{Process} is refused by {By}: {Detail}. To join a group that runs, start this process with raft.joining = on."
            : effect.Reason == RefusalReason.Disputed ? "{Process} got a warning from {By}: {Detail}."
            : "{Process} is refused by {By}: {Detail}.";
        context.Log.Log(level, text, [Self, effect.By.Name, effect.Detail, PublishRefused(effect)]);
    }

    public void OnFenced(string detail)
    {
        context.Process.Status = context.Process.Status with { Fence = detail };
        var fenced = new RaftEvent.Fenced(Group, Self, detail);
        context.Publish(fenced);
        context.Log.Error(
            "{Process} is fenced and takes no part in its group until it restarts with an empty store: {Detail}.", Self, detail, fenced);
    }

    private RaftEvent.MembersDecided PublishDecided(Effect.MembersDecided effect)
    {
        var (voters, before) = (effect.Configuration.Voters, effect.Configuration.OldVoters);
        ImmutableArray<ProcessName> promoted = before.IsEmpty ? [] : [.. voters.Except(before).Select(member => member.Name)];
        var decided = new RaftEvent.MembersDecided(
            Group, Self, effect.Index, promoted, [.. before.Except(voters).Select(member => member.Name)], effect.Reason);
        context.Publish(decided);
        return decided;
    }

    private RaftEvent.Refused PublishRefused(Effect.Refused effect)
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
