namespace RaftActors.Core.Codec;

/// <summary>
/// The format levels that a program reads and writes. One number covers the bytes of messages, logs and snapshots, so that two nodes, and
/// all members of a group, can agree on it. docs/formats.md tells what each level has. Logs, snapshots and backups have the lowest level
/// that can express them, so that an older program can take over until a group has raised its level.
/// </summary>
/// <param name="Lowest">From 1.</param>
/// <param name="Highest">At least <paramref name="Lowest"/>.</param>
internal readonly record struct FormatRange(byte Lowest, byte Highest)
{
    /// <summary>The levels of this program.</summary>
    public static readonly FormatRange Own = new(1, 1);

    /// <summary>Returns the highest level of both, or null if they have none in common.</summary>
    public byte? CommonWith(FormatRange other) =>
        Math.Min(Highest, other.Highest) is var common && common >= Lowest && common >= other.Lowest ? common : null;

    public bool Has(int level) => level >= Lowest && level <= Highest;

    public override string ToString() => Lowest == Highest ? $"level {Lowest}" : $"levels {Lowest} to {Highest}";
}
