namespace RaftActors.Wire;

/// <summary>
/// The results and the state of an actor after the pairs of a range, as numbers that are equal on two processes if their actors are
/// deterministic. Only digests of the same range are compared.
/// </summary>
/// <param name="After">The serial before the first pair.</param>
/// <param name="To">The serial of the last pair.</param>
/// <param name="Results">The hash over the serials and the results of HandleAppend.</param>
/// <param name="State">The result of HandleDigest after the last pair, or null if the actor gives none.</param>
/// <param name="Version">The actor's logic version. A shard of entities has a number of its program instead.</param>
internal readonly record struct StateDigest(Serial After, Serial To, ulong Results, ulong? State, int Version)
{
    /// <summary>Ranges end at multiples of this, so that actors that began at different serials soon have the same ranges.</summary>
    public const int PairsMax = 4096;

    public bool IsComplete => IsEnd(To);

    /// <summary>Tells whether the ranges of all processes end at this serial.</summary>
    public static bool IsEnd(Serial to) => to.Value % PairsMax == 0;

    /// <summary>
    /// Tells whether the two show different states. A state that one of them lacks, or has in another version, is not compared.
    /// </summary>
    public bool Contradicts(in StateDigest other) =>
        Results != other.Results || (Version == other.Version && State is { } state && other.State is { } theirs && state != theirs);
}
