namespace RaftActors.Core;

/// <summary>The only way from role to role (Figure 4).</summary>
internal sealed class RoleChanges(RaftState state, Reads reads, Transfers transfers)
{
    /// <summary>
    /// Takes a role, and resets what belongs to the old one: the election timer, its reads, and a transfer that this ends.
    /// </summary>
    public void Become(Role next)
    {
        var last = state.Role;
        Invariant.That(next is not LeaderRole || last is CandidateRole or PreCandidateRole, "only a candidate becomes leader (Figure 4)");
        Invariant.That(next is not LeaderRole || state.IsAdmitted, "only an admitted process leads");
        Invariant.That(!state.IsFenced || next is FollowerRole { Leader: null }, "a fenced process neither leads nor follows");
        state.Role = next;
        if (last is LeaderRole)
        {
            state.Election.HeardAt = state.Now;
        }

        if (next is not LeaderRole)
        {
            state.Timer.Reset();
        }

        if (state.Leader is not null)
        {
            state.Timer.Campaigns = 0;
        }

        reads.Fail(last);
        if (state.Leader is { } leader)
        {
            transfers.EndWith(leader);
        }
    }

    /// <summary>Becomes a follower, in this term or a later one.</summary>
    /// <param name="leader">Null if the leader of the term is not known.</param>
    public void Follow(Term term, Member? leader, Serial leaderSerial = default)
    {
        if (term > state.Term)
        {
            state.Durability.SetHardState(state.HardState with { Term = term, VotedFor = null });
        }

        Become(new FollowerRole(leader, leaderSerial));
    }

    /// <summary>Gives up leading, or campaigning, in the current term.</summary>
    public void StepDown() => Follow(state.Term, null);
}
