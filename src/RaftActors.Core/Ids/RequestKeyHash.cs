namespace RaftActors.Core;

/// <summary>
/// A request key, as logs and snapshots hold it: the first 16 bytes of the SHA-256 of its text in UTF-8. Core compares keys and never
/// computes one.
/// </summary>
public readonly record struct RequestKeyHash(Guid Value)
{
    /// <summary>The size of a key in bytes.</summary>
    internal const int Size = 16;

    /// <inheritdoc/>
    public override string ToString() => Convert.ToHexStringLower(Value.ToByteArray()[..4]);
}
