namespace RaftActors.Testing.DiskModel;

/// <summary>The kinds of fates of an unsynced operation in a power cut.</summary>
internal enum FateKind
{
    Kept,
    Lost,

    /// <summary>Only a range of the bytes is written.</summary>
    Only,

    /// <summary>All bytes but a range are written.</summary>
    AllBut,

    /// <summary>The file gets longer, and the new part reads as zero.</summary>
    LengthOnly,

    /// <summary>Half of the bytes are allocated.</summary>
    HalfRoom,
}

/// <summary>
/// The fate of one operation. A part of a write goes from <paramref name="Start"/> up to <paramref name="End"/> within its bytes.
/// </summary>
internal readonly record struct Fate(FateKind Kind, int Start = 0, int End = 0)
{
    private const int Sector = 512;

    public static Fate Kept { get; } = new(FateKind.Kept);

    public static Fate Lost { get; } = new(FateKind.Lost);

    public static Fate[] OfName { get; } = [Kept, Lost];

    public static Fate[] OfRoom { get; } = [Kept, Lost, new(FateKind.HalfRoom)];

    /// <summary>All fates of a write. The first is kept, the second lost.</summary>
    public static Fate[] OfWrite(long offset, int length, bool isLonger)
    {
        var fates = new List<Fate> { Kept, Lost };
        if (isLonger)
        {
            fates.Add(new Fate(FateKind.LengthOnly));
        }

        var first = (int)Math.Min(length, Sector - (offset % Sector));
        var last = Math.Max(0, length - (int)((offset + length - 1) % Sector) - 1);
        var half = first + ((last - first) / 2 / Sector * Sector);
        if (last >= first)
        {
            foreach (var edge in new[] { first, half, last }.Distinct())
            {
                fates.Add(new Fate(FateKind.Only, 0, edge));
                fates.Add(new Fate(FateKind.AllBut, 0, edge));
            }
        }

        if (last > first)
        {
            fates.Add(new Fate(FateKind.Only, first, last));
            fates.Add(new Fate(FateKind.AllBut, first, last));
        }

        if (length > 1)
        {
            // Torn within a sector. Disks promise not to do that, and file systems sometimes do.
            fates.Add(new Fate(FateKind.Only, 0, length > first ? first / 2 : length / 2));
        }

        return [.. fates];
    }

    public override string ToString() => Kind is FateKind.Only or FateKind.AllBut ? $"{Kind} [{Start}, {End})" : $"{Kind}";
}

/// <summary>An unsynced operation and its possible fates. The first is kept, the second lost.</summary>
internal sealed class OpenPoint(int operation, string what, Fate[] fates)
{
    public int Operation => operation;

    public string What => what;

    public Fate[] Fates => fates;
}
