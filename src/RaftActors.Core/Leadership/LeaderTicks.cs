namespace RaftActors.Core;

/// <summary>The ticks of a leader: it steps down if it lost its majority or its disk, and sends heartbeats.</summary>
internal sealed class LeaderTicks(RaftState state, RoleChanges roles, Replication replication, Leases leases)
{
    /// <summary>The rules about who leads and who votes.</summary>
    public required (
        Succession Succession, Farewells Farewells, QuorumKeeping Quorum, Verdicts Verdicts, Quiescence Quiescence) Rules
    { get; init; }

    /// <summary>One tick of a leader.</summary>
    public void OnTick(LeaderRole leader)
    {
        if (HasLostQuorum(state, leader))
        {
            roles.StepDown();
            state.Contact.HeardAt = null; // A leader knows at once that the quorum is lost; the others find out by silence.
        }
        else if (Rules.Succession.StepsDownForStalledDisk(leader))
        {
            roles.StepDown();
        }
        else if (state.Now % state.Options.HeartbeatTicks == 0)
        {
            OnHeartbeat(leader);
        }
    }

    private void OnHeartbeat(LeaderRole leader)
    {
        Rules.Farewells.OnHeartbeat(leader);
        Rules.Verdicts.Judge(leader, reportsDisputes: true);
        if (state.Role != leader)
        {
            return;
        }

        Rules.Quiescence.OnHeartbeat(leader);
        if (!state.Quiet.IsAsking)
        {
            leases.Renew(leader);
        }

        foreach (var progress in leader.Progresses)
        {
            if (!state.IsResponsive(progress) && progress.State == ProgressState.Replicating)
            {
                progress.ProbeAgain(state.Log.Base.Index);
            }

            replication.SendHeartbeat(progress);
        }

        Rules.Quorum.OnHeartbeat(leader);
        Rules.Succession.OnHeartbeat(leader);
    }

    /// <summary>Check-quorum: no majority has answered for an election timeout (thesis §6.2).</summary>
    public static bool HasLostQuorum(RaftState state, LeaderRole leader)
    {
        var patience = state.Options.ElectionTimeoutMaxTicks + state.Durability.Patience;
        bool HasReplied(Member member) =>
            member == state.Self || (leader.Of(member) is { } progress && state.Now - progress.RepliedAt < patience);
        return state.Options.Variations.CheckQuorum && !Majority.Holds(state.Configuration, HasReplied);
    }
}
