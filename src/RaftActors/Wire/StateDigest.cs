namespace RaftActors.Wire;

/// <summary>
/// The results and the state of an actor after the pairs of a range, as numbers that are equal on two processes if their actors are
/// deterministic. Only digests of one range are compared.
/// </summary>
/// <param name="After">The serial before the first pair.</param>
/// <param name="To">The serial of the last pair.</param>
/// <param name="Results">Hash over the serials and the results of HandleAppend.</param>
/// <param name="State">That of HandleDigest after the last pair; null: the actor gives none.</param>
/// <param name="Version">Its logic version. A shard of entities has none, and gives a number that stands for its program.</param>
internal readonly record struct StateDigest(Serial After, Serial To, ulong Results, ulong? State, int Version)
{
    /// <summary>Ranges end at multiples of this, so that actors that began at different serials soon have the same.</summary>
    public const int PairsMax = 4096;

    /// <summary>The range ends where those of all processes do.</summary>
    public bool IsComplete => IsEnd(To);

    /// <summary>Ranges of all processes end at this serial.</summary>
    public static bool IsEnd(Serial to) => to.Value % PairsMax == 0;

    /// <summary>
    /// Whether the two show different states. A state that one of them lacks, or has in another version, is not compared.
    /// </summary>
    public bool Contradicts(in StateDigest other) =>
        Results != other.Results || (Version == other.Version && State is { } state && other.State is { } theirs && state != theirs);
}
