namespace RaftActors.Core;

/// <summary>
/// Identifies one Append or Get: the member that asked, and a number that it uses only once. The entry holds it, so that the origin
/// recognises its own pair at the commit.
/// </summary>
public readonly record struct RequestId(Member Origin, long Number)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Origin}/{Number}";
}
