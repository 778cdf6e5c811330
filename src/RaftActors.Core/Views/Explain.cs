using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Answers in sentences why there is no leader, why a serial is not committed, and why a process is no quorum member. It changes nothing,
/// and the leader knows most of it.
/// </summary>
internal sealed class Explain(RaftState state, Elections elections, Founding founding)
{
    private const string NotTakenIn = "this process joins, and no group has taken it in yet";

    public const string NoConfiguration =
        "the group is founded, and this process does not have its configuration yet; it waits for the leader";

    public static string Names<T>(IReadOnlyCollection<T> members) => members.Count == 0 ? "no process" : string.Join(" and ", members);

    public static string Fenced(Fence fence) => $"this process is fenced: {fence}";

    public static string ToldRemoved(long ticksLeft) =>
        $"another process says that this one was removed; it does not campaign for another {ticksLeft} ticks";

    public static string OtherIncarnation(Member counted) => $"{counted}, another incarnation of the process, votes until it is exchanged";

    public static string DiskOutstanding(Ticket done, Ticket asked) => $"the disk of this process has done write {done} of {asked}";

    private static string NotInRoster(ProcessName name) => $"{name} is not in the roster: it was removed, or never joined";

    private static string NotMet(ProcessName name) => $"{name} has a place and was not met yet";

    /// <summary>Tells why there is no ready leader. Empty if nothing stands in the way.</summary>
    public ImmutableArray<string> Leader() => state switch
    {
        { HardState.Fence: { } fence } => [Fenced(fence)],
        { Leader: { } leader } => [.. WhyNotReady(leader)],
        { IsOutside: true } => [NotTakenIn],
        { IsRemoved: true } => [NotInRoster(state.Self.Name)],
        _ => [.. WhyNoLeader()],
    };

    private IEnumerable<string> WhyNotReady(Member leader)
    {
        if (!state.IsReady)
        {
            yield return $"{leader} leads and, as far as this process knows, has not committed an entry of its own term";
            foreach (var reason in state.Role is LeaderRole own ? WhyUncommitted(own, state.CommitIndex.Next) : [])
            {
                yield return reason;
            }
        }

        // A silence of up to two heartbeats is normal.
        if (state.Role is not LeaderRole
            && state.Election.SilenceAt(state.Now) is var silence
            && silence > 2L * state.Options.HeartbeatTicks)
        {
            var bound = Math.Max(0, Math.Max(state.Election.StickyUntil, state.Election.BoundUntil) - state.Now);
            yield return $"{leader} leads and is silent for {silence} ticks; this process votes for no other for another {bound}";
        }
    }

    private List<string> WhyNoLeader()
    {
        List<string> reasons = [.. elections.Obstacles()];
        var mayCampaign = reasons.Count == 0 && !state.IsBound && (!state.IsFounding || founding.MayCampaignOnTimeout);
        if (!state.Durability.IsHardStateDurable && !state.Durability.IsStalled)
        {
            reasons.Add(DiskOutstanding(state.Durability.Done, state.Durability.HardStateTicket));
        }

        if (state.IsBound)
        {
            var left = state.Election.BoundUntil - state.Now;
            reasons.Add($"this process has promised to elect no other leader for another {left} ticks");
        }

        reasons.AddRange(state.IsFounding ? founding.Obstacles() : []);
        reasons.AddRange(WhyNotElected());
        if (mayCampaign && state.Role is not (PreCandidateRole or CandidateRole))
        {
            reasons.Add($"this process campaigns in {state.Timer.DueAt - state.Now} ticks if it hears no leader");
        }

        return reasons;
    }

    private IEnumerable<string> WhyNotElected()
    {
        var electorate = state.Configuration.Electorate().ToList();
        var ballot = (state.Role as CandidateRole)?.Ballot ?? (state.Role as PreCandidateRole)?.Ballot;
        if (ballot is not null)
        {
            var term = state.Role is CandidateRole ? state.Term : state.Term.Next;
            string AnsweredWith(bool? answer) => Names(electorate.FindAll(voter => ballot.Of(voter) == answer));
            yield return $"it asks for votes for term {term}: granted by {AnsweredWith(true)}, refused by {AnsweredWith(false)}, "
                + $"not answered by {AnsweredWith(null)}";
        }

        var silent = electorate.FindAll(voter => voter != state.Self && !HasSpoken(voter));
        if (silent.Count > 0)
        {
            yield return $"no message came from {Names(silent)}";
        }

        var last = state.Log.LastPosition;
        if (state.Roster.Peers.FirstOrDefault(peer => !last.IsAtLeastAsUpToDateAs(peer.Farthest)) is { } ahead)
        {
            yield return $"the log of this process ends at {last}, behind that of {ahead.Name} at {ahead.Farthest}";
        }
    }

    private bool HasSpoken(Member voter) =>
        state.Roster.Of(voter.Name) is { SpokeAt: { } at } peer
        && peer.Member == voter
        && state.Now - at < state.Options.ElectionTimeoutMaxTicks;

    /// <summary>Tells why a serial is not committed. Empty if it is.</summary>
    public ImmutableArray<string> Serial(Serial serial)
    {
        var log = state.Log;
        if (serial <= log.PositionAt(state.CommitIndex).Serial)
        {
            return [];
        }

        if (serial > log.LastPosition.Serial)
        {
            return [$"it is not in the log of this process, which ends at serial {log.LastPosition.Serial}"];
        }

        var index = state.CommitIndex.Next;
        while (log.PositionAt(index).Serial < serial)
        {
            index = index.Next;
        }

        IEnumerable<string> reasons = state.Role is LeaderRole own ? WhyUncommitted(own, index)
            : state.Leader is { } leader ? [$"the last commit index heard from {leader} is {state.CommitIndex}; ask it"]
            : [$"no leader is known; the last commit index heard is {state.CommitIndex}"];
        return index > log.Durable
            ? [.. reasons, DiskOutstanding(state.Durability.Done, state.Durability.Asked)]
            : [.. reasons];
    }

    /// <summary>An entry of an earlier term is committed with the first one of the leader's own term that follows it (§5.4.2).</summary>
    private IEnumerable<string> WhyUncommitted(LeaderRole leader, LogIndex index)
    {
        var log = state.Log;
        var decisive = index;
        while (decisive <= log.Last && log.TermAt(decisive) != state.Term)
        {
            decisive = decisive.Next;
        }

        if (decisive != index)
        {
            yield return $"it is of term {log.TermAt(index)}, and is committed with index {decisive}, the first of term {state.Term}";
        }

        bool IsCounted(Member member) => member == state.Self || leader.Of(member)?.IsAdmitted == true;
        bool HasIt(Member member) => (member == state.Self ? log.Durable : leader.Of(member)?.Match ?? LogIndex.Zero) >= decisive;
        foreach (var voters in new[] { state.Configuration.Voters, state.Configuration.OldVoters })
        {
            var have = voters.Where(voter => HasIt(voter) && IsCounted(voter)).ToList();
            var needed = QuorumSize.MajorityOf(voters.Length);
            if (have.Count < needed)
            {
                yield return $"index {decisive} must be on the disks of {needed} of {Names(voters)}, and is on those of {Names(have)}";
            }
        }

        var notCounted = state.Configuration.Electorate().Where(voter => HasIt(voter) && !IsCounted(voter)).ToList();
        if (notCounted.Count > 0)
        {
            yield return $"{Names(notCounted)} may not vote yet, and is not counted";
        }
    }

    /// <summary>Tells why a process does not vote. Empty if it votes, unless the leader is about to exchange it.</summary>
    public ImmutableArray<string> Membership(ProcessName name) => state switch
    {
        { IsOutside: true } when name == state.Self.Name => [NotTakenIn],
        { IsFounding: true } => ["as far as this process knows, the group is not founded yet"],
        { Configurations.IsEmpty: true } => [NoConfiguration],
        _ when !state.Configuration.HasName(name) => [NotInRoster(name)],
        _ => [.. Why(name)],
    };

    private IEnumerable<string> Why(ProcessName name)
    {
        var configuration = state.Configuration;
        var current = name == state.Self.Name
            ? state.Self.Incarnation
            : state.Roster.Of(name)?.Current ?? Incarnation.None;
        var voter = configuration.Voters.FirstOrDefault(one => one.Name == name);
        var isCounted = voter != default && (current == Incarnation.None || voter.Incarnation == current);
        if (configuration.IsJoint || state.CommitIndex < state.Configurations.LatestIndex)
        {
            yield return $"the configuration at index {state.Configurations.LatestIndex} is joint or not committed, and changes are made "
                + "one at a time";
        }

        if (name == state.Self.Name && state.ToldRemoved is { } told)
        {
            yield return ToldRemoved(told);
        }

        if (name == state.Self.Name
            && state.Role is LeaderRole leader
            && QuorumKeeping.HigherLogic(state, leader).Next is not null
            && QuorumKeeping.WhyNotApplied(state, leader) is { } why)
        {
            yield return why;
        }

        if (state.Roster.Of(name) is { GreetedAt: not null, Version: var version } && !version.Has(configuration.Version))
        {
            yield return Refusals.WhyOld(name, configuration.Version, version);
        }

        if (voter == default && !configuration.Learners.Any(learner => learner.Name == name))
        {
            yield return $"{name} leaves the group with this change";
        }
        else if (voter != default && voter.Incarnation == Incarnation.None)
        {
            yield return NotMet(name);
        }
        else if (!isCounted)
        {
            foreach (var reason in WhyLearner(name, voter))
            {
                yield return reason;
            }
        }
        else if (WhyLagging(voter) is { } lag)
        {
            yield return lag;
        }

        if (isCounted && state.DomainOf(name) is { Length: > 0 } domain && FailureDomains.Crowded(state, configuration.Voters) == domain)
        {
            var crowd = configuration.Voters.Where(one => state.DomainOf(one.Name) == domain).ToList();
            yield return $"most voters are in {domain}: {Names(crowd)}; a fit learner of another domain gets one of these votes, if that "
                + "domain then has fewer voters than this one had";
        }
    }

    /// <summary>Returns null for a lag shorter than <see cref="CoreOptions.StableTicks"/>, which is not worth telling.</summary>
    private string? WhyLagging(Member voter)
    {
        if (state.Role is not LeaderRole leader || leader.Of(voter) is not { } progress)
        {
            return null;
        }

        var lagged = leader.Keeper.LaggedFor(voter);
        var left = state.Options.GoneTicks - lagged;
        return state.Options.KeepsQuorum && lagged > state.Options.StableTicks
            ? $"it votes and lags: it has the log up to index {progress.Match} on disk, the commit index is {state.CommitIndex}, and it "
                + $"made no progress for {lagged} ticks; "
                + (left > 0 ? $"in {left} ticks a stable learner may take its place" : "a stable learner takes its place")
            : null;
    }

    private IEnumerable<string> WhyLearner(ProcessName name, Member voter)
    {
        var configuration = state.Configuration;
        if (voter != default)
        {
            yield return OtherIncarnation(voter);
        }
        else if (configuration.Voters.Length >= configuration.Size)
        {
            yield return $"the quorum is full: {Names(configuration.Voters)}";
        }

        var learner = configuration.Learners.LastOrDefault(one => one.Name == name);
        if (!configuration.MayVote(learner))
        {
            yield return $"{name} never votes, as it was added";
            yield break;
        }

        if (learner.Incarnation == Incarnation.None)
        {
            yield return NotMet(name);
        }
        else if (state.Role is not LeaderRole leader)
        {
            yield return state.Leader is { } other ? $"{other} decides; ask it" : "no leader is known, and only a leader decides";
        }
        else if (leader.Of(learner) is { State: ProgressState.Refused })
        {
            yield return $"{learner} refuses the log of the group"
                + (state.Roster.Of(name)?.DivergesAt is { } serial ? $", from which its own differs at serial {serial}" : "");
        }
        else
        {
            foreach (var reason in WhyNotPromoted(leader, learner))
            {
                yield return reason;
            }
        }
    }

    private IEnumerable<string> WhyNotPromoted(LeaderRole leader, Member learner)
    {
        var match = leader.Of(learner)?.Match ?? LogIndex.Zero;
        if (match < state.CommitIndex)
        {
            yield return $"it has the log up to index {match} on disk, and the commit index is {state.CommitIndex}";
        }

        var (options, configuration) = (state.Options, state.Configuration);
        var fitFor = leader.Keeper.FitSince(learner) is { } since ? state.Now - since : 0;
        var quietFor = state.Now - leader.Keeper.QuietSince;
        if (!options.KeepsQuorum)
        {
            yield return "the leader does not change the voters by itself; assign them";
        }
        else if (leader.Keeper.RequiredTicks(learner, options) is var required && fitFor < required)
        {
            var why = required > options.StableTicks ? ", since it lost its vote lately" : "";
            yield return $"it must keep up for another {required - fitFor} ticks{why}";
        }
        else if (quietFor < options.StableTicks)
        {
            yield return $"the leader does not change the quorum for another {options.StableTicks - quietFor} ticks";
        }
        else if (configuration.Voters.Length < configuration.Size)
        {
            yield return $"{configuration.Voters.Length} of {configuration.Size} vote; one voter more would not survive one failure more, "
                + "so it waits for a second learner";
        }
    }
}
