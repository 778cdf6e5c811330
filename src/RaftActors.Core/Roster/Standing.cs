namespace RaftActors.Core;

/// <summary>
/// The order of processes in a founding: later last term, then longer log, then lower name. Only the first two are Raft's (§5.4.1). The
/// name makes every founding end the same way; it is a preference, never a condition.
/// </summary>
internal readonly record struct Standing(LogPosition Position, ProcessName Name)
{
    /// <summary>Whether this process should lead rather than the other one.</summary>
    public bool IsBetterThan(Standing other) =>
        Position.IsAtLeastAsUpToDateAs(other.Position)
        && (!other.Position.IsAtLeastAsUpToDateAs(Position) || Name.CompareTo(other.Name) < 0);
}
