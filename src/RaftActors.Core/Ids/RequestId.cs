namespace RaftActors.Core;

/// <summary>
/// Identifies one Append or Get: the member that asked, and a number that it uses only once. The entry has it, so that the origin
/// recognises its own pair at the commit.
/// </summary>
internal readonly record struct RequestId(Member Origin, long Number)
{
    public override string ToString() => $"{Origin}/{Number}";
}

/// <summary>
/// A request key, as logs and snapshots have it: the first 16 bytes of the SHA-256 of its text in UTF-8. Core compares keys and never
/// computes one.
/// </summary>
internal readonly record struct RequestKeyHash(Guid Value)
{
    internal const int Size = 16;

    public override string ToString() => Convert.ToHexStringLower(Value.ToByteArray()[..4]);
}

/// <summary>The number of one read. The shell never reuses a number while its process runs.</summary>
internal readonly record struct ReadId(long Value)
{
    public override string ToString() => Value.ToString();
}
