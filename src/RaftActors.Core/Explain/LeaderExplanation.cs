using System.Collections.Immutable;

namespace RaftActors.Core;

/// <summary>Answers why there is no leader, and why a serial is not committed. Changes nothing.</summary>
internal sealed class LeaderExplanation(RaftState state, Campaign campaign, Founding founding)
{
    /// <summary>See <see cref="RaftCore.ExplainLeader"/>.</summary>
    public ImmutableArray<Reason> ExplainLeader() => state switch
    {
        { HardState.Fence: { } fence } => [new Reason.Fenced(fence)],
        { Leader: { } leader } => [.. WhyNotReady(leader)],
        { IsOutside: true } => [new Reason.NotTakenIn()],
        { IsRemoved: true } => [new Reason.NotInRoster(state.Self.Name)],
        _ => [.. WhyNoLeader()],
    };

    /// <summary>See <see cref="RaftCore.ExplainSerial"/>.</summary>
    public ImmutableArray<Reason> ExplainSerial(Serial serial)
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

        // Two heartbeats apart is no silence.
        if (state.Role is not LeaderRole
            && state.Contact.SilenceAt(state.Now) is var silence
            && silence > 2L * state.Options.HeartbeatTicks)
        {
            yield return new Reason.LeaderSilent(leader, silence, Math.Max(0, state.Contact.StickyUntil - state.Now));
        }
    }

    private IEnumerable<Reason> WhyNoLeader()
    {
        var obstacles = campaign.Obstacles().ToList();
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
            yield return new Reason.BoundByPromise(state.Contact.StickyUntil - state.Now);
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
}
