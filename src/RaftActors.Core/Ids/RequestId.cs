namespace RaftActors.Core;

/// <summary>
/// Names one Append or Get for the life of the process that asked: its member, and a number that it never gives twice. It travels inside
/// the entry, so that the process that asked recognises its own pair when it is committed.
/// </summary>
public readonly record struct RequestId(Member Origin, long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Origin}/{Number}";
}
