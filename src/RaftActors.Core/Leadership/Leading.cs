namespace RaftActors.Core;

/// <summary>A candidate becomes leader (§5.2).</summary>
internal sealed class Leading(RaftState state, RoleChanges roles, LeaderLog log, Founding founding, Reconfiguration reconfiguration)
{
    /// <summary>A candidate has the votes of a majority.</summary>
    public void Start(CandidateRole candidacy)
    {
        Invariant.That(state.HardState.VotedFor == state.Self, "a leader has voted for itself in its term");
        Invariant.That(candidacy.OwnVote <= state.Durability.Done, "term and vote are durable before anything is built on them");
        var leader = new LeaderRole(state.Log.LastPosition.Serial, candidacy.Ballot.Granted())
        {
            Keeper = new QuorumKeeper(state.Now, state.CommitIndex),
        };
        roles.Become(leader);
        leader.Open.Rebuild(state.Log.From(state.CommitIndex.Next));
        if (state.Configurations.IsEmpty)
        {
            reconfiguration.Decide(founding.Configuration(), "the group is founded");
            return;
        }

        // A member that the latest configuration removed may not know so yet.
        var next = state.Log.Last.Next;
        leader.Track(state.Configurations.BeforeLatest ?? state.Configuration, state.Self, next, state.Now);
        leader.Track(state.Configuration, state.Self, next, state.Now);
        if (state.Options.Variations.NoOp)
        {
            log.Append(leader, Payload.NoOp.Instance); // §8: it commits the entries of earlier terms.
        }
    }
}
