namespace TrialKit;

/// <summary>
/// The wall clock of a process, which preloads the library of wallclock.c. The monotonic clock stays, as on a machine whose time of day is
/// set. Process and trial map the same file into memory.
/// </summary>
internal sealed class WallClock : IDisposable
{
    // The layout of the file: since, ahead, rate. Eight bytes each.
    private const int AheadAt = 8;
    private const int RateAt = 16;
    private const int Size = 24;

    private readonly PreloadedLibrary _library;

    /// <param name="work">A folder for the library and the file.</param>
    public WallClock(string work)
    {
        _library = new PreloadedLibrary("wallclock", work, Size);
        Set(TimeSpan.Zero);
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = _library.Library, ["WALL_CLOCK"] = _library.Shared };
    }

    /// <summary>By how much a clock jumps, and how many times as fast it runs then.</summary>
    public static IReadOnlyList<(TimeSpan Ahead, int Rate)> Jumps { get; } =
    [
        (TimeSpan.FromHours(1), 1),
        (TimeSpan.FromHours(-2), 1),
        (TimeSpan.FromDays(1), 1),
        (TimeSpan.Zero, 1),
        (TimeSpan.FromSeconds(-1), 1),
        (TimeSpan.Zero, 50),
    ];

    /// <summary>The environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Why this machine cannot change the clock of a process, with the remedy; null: it can.</summary>
    public static string? Problem() => PreloadedLibrary.Problem();

    /// <summary>Sets the clock of the process.</summary>
    /// <param name="ahead">By how much it is ahead of the machine's at this moment.</param>
    /// <param name="rate">How many times as fast it runs from then on.</param>
    public void Set(TimeSpan ahead, int rate = 1)
    {
        var memory = _library.Memory;
        memory.Write(RateAt, 1L);
        memory.Write(0, (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        memory.Write(AheadAt, ahead.Ticks * TimeSpan.NanosecondsPerTick);
        memory.Write(RateAt, (long)rate);
    }

    public void Dispose() => _library.Dispose();
}
