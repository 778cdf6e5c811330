namespace RaftActors.Core;

/// <summary>Decides when this incarnation may vote and be counted.</summary>
internal sealed class Admission(RaftState state)
{
    /// <summary>A majority of the other founders has recorded this incarnation as the first of its name.</summary>
    private bool IsConfirmed =>
        !state.Options.IsJoining && ConfirmedBy(state).Count() >= QuorumSize.MajorityOf(state.Founders.Length - 1);

    /// <summary>The founders that have recorded this incarnation as the first of its name.</summary>
    public static IEnumerable<ProcessName> ConfirmedBy(RaftState state) =>
        state.Roster.Peers.Where(peer => peer.HasConfirmedUs && state.Founders.Contains(peer.Name)).Select(peer => peer.Name);

    /// <summary>
    /// Admits this incarnation once the other founders have confirmed it; a committed configuration that holds it admits it too
    /// (<see cref="Commitment.Set"/>). Then no other incarnation of this process can have voted, or be counted, in its place. Majorities
    /// intersect only among the same processes, so only the founding roster confirms. A joining process waits for the configuration.
    /// </summary>
    public void Settle()
    {
        if (!state.IsAdmitted && !state.IsFenced && IsConfirmed)
        {
            state.Durability.SetHardState(state.HardState with { IsAdmitted = true });
        }
    }
}
