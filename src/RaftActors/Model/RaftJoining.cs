namespace RaftActors;

/// <summary>How a process comes to a group that was founded without it: <c>raft.joining</c>.</summary>
public enum RaftJoining
{
    /// <summary>Not at all. It founds the group of its roster, and returns to it after a restart.</summary>
    Off,

    /// <summary>It founds nothing, and waits until an operator adds it to the group.</summary>
    On,

    /// <summary>
    /// A process outside the roster joins, and asks the group itself to take it in. So does one that the group has removed. So each process
    /// that runs is a member. To remove one for good, stop it first.
    /// </summary>
    Auto,
}
