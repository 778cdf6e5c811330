using System.Collections.Immutable;

using Akka.Event;

using RaftActors.Core;
using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Publishes each <see cref="RaftEvent"/> of this process once, and updates <see cref="RaftProcess.Status"/> before it.
/// </summary>
internal sealed class EventPublishing(EngineContext context, DuplicateProcesses duplicates) : IEnginePart
{
    private readonly HashSet<ProcessName> _inReach = [];
    private readonly PeerPrograms _programs = new(context);

    // The members of the latest MembersChanged, or null before it.
    private ImmutableArray<GroupMember>? _told;

    // This incarnation was in a configuration. A joining process that replays older configurations was not removed.
    private bool _wasMember;
    private bool _hasToldRemoved;

    private string Group => context.Process.Settings.Group;

    private ProcessName Self => context.Process.Name;

    /// <summary>Reads the membership from the snapshot, because the entries of the log may be uncommitted.</summary>
    public void OnStarted()
    {
        _wasMember = context.Core.Configuration.Group != GroupUid.None && HasThisLife(context.Core.Configuration);
        if (context.Core.Snapshot is { } snapshot)
        {
            OnInstalled(snapshot);
        }
    }

    public void OnInstalled(Snapshot snapshot) => OnConfiguration(null, snapshot.ConfigurationIndex, snapshot.Configuration);

    /// <summary>Publishes what an input has changed. Core's effects are not carried out yet.</summary>
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
            if (now.Role == RaftRole.Leader)
            {
                context.Process.Telemetry.OnElected();
            }
        }

        // A term begins without a leader, so the same process in another term is another leader.
        if (now.Leader != before.Leader || (now.Leader is not null && now.Term != before.Term))
        {
            context.Publish(new RaftEvent.LeaderChanged(Group, Self, now.Leader, now.Term));
        }
    }

    public void OnConfiguration(Configuration? before, LogIndex index, Configuration configuration)
    {
        if (configuration.IsJoint)
        {
            return;
        }

        var members = GroupMember.AllOf(configuration);
        context.Process.Status = context.Process.Status with
        {
            Members = members,
            MembersAt = index,
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
            // Only the log's latest configuration decides, because the process may have left and rejoined before it.
            OnRemoved();
        }
    }

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

    public void OnProgram(ProcessName name, RaftProgram program) => _programs.OnPeer(name, program);

    /// <summary>
    /// Handles the refusal of this process by another one. A process with a new store rejoins by itself as a learner, so only the loss of
    /// a store on a disk is unexpected. A joining process is told by each member that it is no member, until it is one.
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
            case RefusalReason.OldProgram:
                context.Process.Status = context.Process.Status with { Refusal = effect.Detail };
                break;
        }

        var isJoining = effect.Reason == RefusalReason.NotInRoster && context.Process.Settings.IsJoining;
        var hasMoved = effect.Reason == RefusalReason.Removed && context.Process.Settings.IsElsewhere;
        var isOtherStore = effect.Reason == RefusalReason.OtherIncarnation;
        var level = isJoining || hasMoved || (isOtherStore && !context.Process.HasUnexpectedlyNewStore) ? LogLevel.InfoLevel
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
        context.Publish(new RaftEvent.Fenced(Group, Self, detail));
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
        if (effect.Reason == RefusalReason.Removed)
        {
            // The process may rejoin through a snapshot that skips the removal. The same members must then be published again.
            _told = null;
            OnRemoved();
        }

        return refused;
    }

    // Ignores the incarnation, since a new one is no other member.
    private static (ProcessName Name, bool IsVoter) Standing(GroupMember member) => (member.Name, member.IsVoter);

    // A founding configuration may lack the incarnation.
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
