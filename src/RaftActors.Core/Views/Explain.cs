using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>
/// Answers why there is no leader, why a serial is not committed, and why a process is no quorum member. It changes nothing, and the
/// leader knows most of it.
/// </summary>
internal sealed class Explain(RaftState state, Elections elections, Founding founding)
{
    /// <summary>Tells why there is no ready leader. Empty if nothing stands in the way.</summary>
    public ImmutableArray<Reason> Leader() => state switch
    {
        { HardState.Fence: { } fence } => [new Reason.Fenced(fence)],
        { Leader: { } leader } => [.. WhyNotReady(leader)],
        { IsOutside: true } => [new Reason.NotTakenIn()],
        { IsRemoved: true } => [new Reason.NotInRoster(state.Self.Name)],
        _ => [.. WhyNoLeader()],
    };

    private IEnumerable<Reason> WhyNotReady(Member leader)
    {
        if (!state.IsReady)
        {
            yield return new Reason.LeaderNotReady(leader);
            if (state.Role is LeaderRole own)
            {
                foreach (var reason in WhyUncommitted(own, state.CommitIndex.Next))
                {
                    yield return reason;
                }
            }
        }

        // A silence of up to two heartbeats is normal.
        if (state.Role is not LeaderRole
            && state.Election.SilenceAt(state.Now) is var silence
            && silence > 2L * state.Options.HeartbeatTicks)
        {
            var until = Math.Max(state.Election.StickyUntil, state.Election.BoundUntil);
            yield return new Reason.LeaderSilent(leader, silence, Math.Max(0, until - state.Now));
        }
    }

    private IEnumerable<Reason> WhyNoLeader()
    {
        var obstacles = elections.Obstacles().ToList();
        foreach (var obstacle in obstacles)
        {
            yield return obstacle;
        }

        if (!state.Durability.IsHardStateDurable && !state.Durability.IsStalled)
        {
            yield return new Reason.DiskOutstanding(state.Durability.Done, state.Durability.HardStateTicket);
        }

        if (state.IsBound)
        {
            yield return new Reason.BoundByPromise(state.Election.BoundUntil - state.Now);
        }

        if (state.IsFounding)
        {
            foreach (var obstacle in founding.Obstacles())
            {
                yield return obstacle;
            }
        }

        foreach (var reason in WhyNotElected())
        {
            yield return reason;
        }

        var isAsking = state.Role is PreCandidateRole or CandidateRole;
        if (!isAsking && obstacles.Count == 0 && !state.IsBound && (!state.IsFounding || founding.MayCampaignOnTimeout))
        {
            yield return new Reason.ElectionNotDue(state.Timer.DueAt - state.Now);
        }
    }

    private IEnumerable<Reason> WhyNotElected()
    {
        var electorate = state.Configuration.Electorate().ToList();
        var ballot = (state.Role as CandidateRole)?.Ballot ?? (state.Role as PreCandidateRole)?.Ballot;
        if (ballot is not null)
        {
            var term = state.Role is CandidateRole ? state.Term : state.Term.Next;
            ImmutableArray<Member> AnsweredWith(bool? answer) => [.. electorate.Where(voter => ballot.Of(voter) == answer)];
            yield return new Reason.VotesMissing(term, AnsweredWith(true), AnsweredWith(false), AnsweredWith(null));
        }

        ImmutableArray<Member> silent = [.. electorate.Where(voter => voter != state.Self && !HasSpoken(voter))];
        if (!silent.IsEmpty)
        {
            yield return new Reason.VotersNotHeard(silent);
        }

        var last = state.Log.LastPosition;
        if (state.Roster.Peers.FirstOrDefault(peer => !last.IsAtLeastAsUpToDateAs(peer.Farthest)) is { } ahead)
        {
            yield return new Reason.LogBehind(last, ahead.Name, ahead.Farthest);
        }
    }

    private bool HasSpoken(Member voter) =>
        state.Roster.Of(voter.Name) is { SpokeAt: { } at } peer
        && peer.Member == voter
        && state.Now - at < state.Options.ElectionTimeoutMaxTicks;

    /// <summary>Tells why a serial is not committed. Empty if it is.</summary>
    public ImmutableArray<Reason> Serial(Serial serial)
    {
        var log = state.Log;
        if (serial <= log.PositionAt(state.CommitIndex).Serial)
        {
            return [];
        }

        if (serial > log.LastPosition.Serial)
        {
            return [new Reason.NotInLog(log.LastPosition.Serial)];
        }

        var index = state.CommitIndex.Next;
        while (log.PositionAt(index).Serial < serial)
        {
            index = index.Next;
        }

        IEnumerable<Reason> reasons = state.Role is LeaderRole leader
            ? WhyUncommitted(leader, index)
            : [new Reason.CommitNotHeard(state.Leader, state.CommitIndex)];
        return index > log.Durable
            ? [.. reasons, new Reason.DiskOutstanding(state.Durability.Done, state.Durability.Asked)]
            : [.. reasons];
    }

    /// <summary>An entry of an earlier term is committed with the first one of the leader's own term that follows it (§5.4.2).</summary>
    private IEnumerable<Reason> WhyUncommitted(LeaderRole leader, LogIndex index)
    {
        var log = state.Log;
        var decisive = index;
        while (decisive <= log.Last && log.TermAt(decisive) != state.Term)
        {
            decisive = decisive.Next;
        }

        if (decisive != index)
        {
            yield return new Reason.OlderTerm(log.TermAt(index), state.Term, decisive);
        }

        bool IsCounted(Member member) => member == state.Self || leader.Of(member)?.IsAdmitted == true;
        bool HasIt(Member member) => (member == state.Self ? log.Durable : leader.Of(member)?.Match ?? LogIndex.Zero) >= decisive;
        foreach (var voters in new[] { state.Configuration.Voters, state.Configuration.OldVoters })
        {
            ImmutableArray<Member> have = [.. voters.Where(voter => HasIt(voter) && IsCounted(voter))];
            var needed = QuorumSize.MajorityOf(voters.Length);
            if (have.Length < needed)
            {
                yield return new Reason.DisksMissing(decisive, voters, needed, have);
            }
        }

        ImmutableArray<Member> notCounted =
            [.. state.Configuration.Electorate().Where(voter => HasIt(voter) && !IsCounted(voter))];
        if (!notCounted.IsEmpty)
        {
            yield return new Reason.NotCounted(notCounted);
        }
    }

    /// <summary>Tells why a process does not vote. Empty if it votes, unless the leader is about to exchange it.</summary>
    public ImmutableArray<Reason> Membership(ProcessName name) => state switch
    {
        { IsOutside: true } when name == state.Self.Name => [new Reason.NotTakenIn()],
        { IsFounding: true } => [new Reason.FoundingNotOver()],
        { Configurations.IsEmpty: true } => [new Reason.NoConfiguration()],
        _ when !state.Configuration.HasName(name) => [new Reason.NotInRoster(name)],
        _ => [.. Why(name)],
    };

    private IEnumerable<Reason> Why(ProcessName name)
    {
        var configuration = state.Configuration;
        var current = name == state.Self.Name
            ? state.Self.Incarnation
            : state.Roster.Of(name)?.Current ?? Incarnation.None;
        var voter = configuration.Voters.FirstOrDefault(one => one.Name == name);
        var isCounted = voter != default && (current == Incarnation.None || voter.Incarnation == current);
        if (configuration.IsJoint || state.CommitIndex < state.Configurations.LatestIndex)
        {
            yield return new Reason.ChangeUnderWay(state.Configurations.LatestIndex);
        }

        if (name == state.Self.Name && state.ToldRemoved is { } told)
        {
            yield return told;
        }

        if (voter == default && !configuration.Learners.Any(learner => learner.Name == name))
        {
            yield return new Reason.Leaving(name);
        }
        else if (voter != default && voter.Incarnation == Incarnation.None)
        {
            yield return new Reason.NotMet(name);
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
            yield return new Reason.DomainCrowded(domain, [.. configuration.Voters.Where(one => state.DomainOf(one.Name) == domain)]);
        }
    }

    /// <summary>Returns null for a lag shorter than <see cref="CoreOptions.StableTicks"/>, which is not worth telling.</summary>
    private Reason.Lagging? WhyLagging(Member voter)
    {
        if (state.Role is not LeaderRole leader || leader.Of(voter) is not { } progress)
        {
            return null;
        }

        var lagged = leader.Keeper.LaggedFor(progress.Member);
        return state.Options.KeepsQuorum && lagged > state.Options.StableTicks
            ? new Reason.Lagging(progress.Match, state.CommitIndex, lagged, Math.Max(0, state.Options.GoneTicks - lagged))
            : null;
    }

    private IEnumerable<Reason> WhyLearner(ProcessName name, Member voter)
    {
        var configuration = state.Configuration;
        if (voter != default)
        {
            yield return new Reason.OtherIncarnation(voter);
        }
        else if (configuration.Voters.Length >= configuration.Size)
        {
            yield return new Reason.QuorumFull(configuration.Voters);
        }

        var learner = configuration.Learners.LastOrDefault(one => one.Name == name);
        if (learner.Incarnation == Incarnation.None)
        {
            yield return new Reason.NotMet(name);
        }
        else if (state.Role is not LeaderRole leader)
        {
            yield return new Reason.LeaderDecides(state.Leader);
        }
        else if (leader.Of(learner) is { State: ProgressState.Refused })
        {
            yield return new Reason.RefusedLog(learner, state.Roster.Of(learner.Name)?.DivergesAt);
        }
        else
        {
            foreach (var reason in WhyNotPromoted(leader, learner))
            {
                yield return reason;
            }
        }
    }

    private IEnumerable<Reason> WhyNotPromoted(LeaderRole leader, Member learner)
    {
        var match = leader.Of(learner)?.Match ?? LogIndex.Zero;
        if (match < state.CommitIndex)
        {
            yield return new Reason.NotCaughtUp(match, state.CommitIndex);
        }

        var (options, configuration) = (state.Options, state.Configuration);
        var fitFor = leader.Keeper.FitSince(learner) is { } since ? state.Now - since : 0;
        var quietFor = state.Now - leader.Keeper.QuietSince;
        if (!options.KeepsQuorum)
        {
            yield return new Reason.QuorumNotKept();
        }
        else if (leader.Keeper.RequiredTicks(learner, options) is var required && fitFor < required)
        {
            yield return new Reason.NotStable(required - fitFor, LostVote: required > options.StableTicks);
        }
        else if (quietFor < options.StableTicks)
        {
            yield return new Reason.QuorumAtRest(options.StableTicks - quietFor);
        }
        else if (configuration.Voters.Length < configuration.Size)
        {
            yield return new Reason.NeedsAnother(configuration.Voters.Length, configuration.Size);
        }
    }
}
