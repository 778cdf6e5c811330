namespace RaftActors.Core;

/// <summary>
/// Draws the conclusions of a step, once, at its end. Handlers of inputs and messages only change state and reply to the sender. Each line
/// below decides from the state that the lines before it left. So no handler can forget a conclusion, and none is drawn twice.
/// </summary>
internal sealed class Settlement(RaftState state, RoleChanges roles)
{
    /// <summary>The rules about votes.</summary>
    public required (Admission Admission, Voting Voting, Campaign Campaign) Elections { get; init; }

    /// <summary>The rules about commits, configurations and reads.</summary>
    public required (Commitment Commitment, Reconfiguration Reconfiguration, Reads Reads) Group { get; init; }

    /// <summary>The rules about sending and handing over.</summary>
    public required (Replication Replication, Transfers Transfers, Succession Succession) Leadership { get; init; }

    /// <summary>The rules about discarding and announcing.</summary>
    public required (Snapshots Snapshots, Eviction Eviction, Views Views) Outcome { get; init; }

    /// <summary>Runs the list.</summary>
    /// <param name="wasAdmitted">Whether this process was admitted when the step began.</param>
    public void Run(bool wasAdmitted)
    {
        Elections.Admission.Settle();
        if (state.IsAdmitted && (!wasAdmitted || (state.Role is FollowerRole { Leader: null } && !state.IsBound)))
        {
            // Also requests that were refused for the sake of a leader that this process no longer follows. The candidate asks once.
            Elections.Voting.JudgeKeptRequests();
        }

        Elections.Campaign.Settle();
        Group.Commitment.Settle();
        Group.Reconfiguration.Settle();
        Group.Reads.Settle();
        Leadership.Replication.Settle();
        Leadership.Transfers.Settle();
        if (Leadership.Succession.StepsDownAfterRemoval())
        {
            roles.StepDown();
        }

        state.Roster.Update(state);
        Outcome.Snapshots.Settle();
        state.Durability.PersistChanges();
        Outcome.Views.Settle();
        Outcome.Eviction.Settle();
    }
}
