namespace RaftActors.Core;

/// <summary>Excludes this process from its group, durably: a restart does not mend a damaged or restored store.</summary>
internal sealed class Fencing(RaftState state, RoleChanges roles, Transfers transfers, Refusals refusals)
{
    /// <summary>
    /// Another process has recorded a later start. Only a process that still runs with the refused boot is meant: a message of an earlier
    /// start, refused late, fences no later one.
    /// </summary>
    public void OnRestoredDisk(Message.Refusal refusal)
    {
        if (refusal.Boot == state.HardState.Boot)
        {
            FenceSelf(new Fence.RestoredDisk());
        }
    }

    /// <summary>
    /// Fences this process and tells all others. A process that misses the message hears it when it asks for something.
    /// </summary>
    public void FenceSelf(Fence fence)
    {
        if (state.IsFenced)
        {
            return;
        }

        state.Durability.SetHardState(state.HardState with { Fence = fence });
        roles.StepDown();
        transfers.End(TransferOutcome.NotLeader); // A fenced process does not learn who leads next.
        foreach (var peer in state.Roster.Peers)
        {
            if (peer.Current != Incarnation.None)
            {
                state.Send(peer.Member, refusals.FencedRefusal(fence, default));
            }
        }
    }
}
