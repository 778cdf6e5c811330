namespace RaftActors.Core;

/// <summary>
/// Who should rather lead: the later last term, then the longer log, then the lower name. Only the first two are Raft's (§5.4.1); the
/// name makes a founding end the same way every time and is a preference, never a condition.
/// </summary>
internal readonly record struct Standing(LogPosition Position, ProcessName Name)
{
    /// <summary>Whether this process should lead rather than the other one.</summary>
    public bool IsBetterThan(Standing other) =>
        Position.IsAtLeastAsUpToDateAs(other.Position)
        && (!other.Position.IsAtLeastAsUpToDateAs(Position) || Name.CompareTo(other.Name) < 0);
}
