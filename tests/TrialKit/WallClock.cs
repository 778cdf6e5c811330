using System.IO.MemoryMappedFiles;

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

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _setting;

    /// <param name="work">A folder for the library and the file.</param>
    public WallClock(string work)
    {
        var (library, file) = (Path.Combine(Directory.CreateDirectory(work).FullName, "wallclock.so"), Path.Combine(work, "setting"));
        Machine.Run("cc", "-shared", "-fPIC", "-O2", "-o", library, Path.Combine(AppContext.BaseDirectory, "wallclock.c"));
        _file = MemoryMappedFile.CreateFromFile(file, FileMode.Create, null, Size);
        _setting = _file.CreateViewAccessor();
        Set(TimeSpan.Zero);
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["WALL_CLOCK"] = file };
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
    public static string? Problem() => Machine.ProgramProblem("cc", "gcc libc6-dev");

    /// <summary>Sets the clock of the process.</summary>
    /// <param name="ahead">By how much it is ahead of the machine's at this moment.</param>
    /// <param name="rate">How many times as fast it runs from then on.</param>
    public void Set(TimeSpan ahead, int rate = 1)
    {
        _setting.Write(RateAt, 1L);
        _setting.Write(0, (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        _setting.Write(AheadAt, ahead.Ticks * TimeSpan.NanosecondsPerTick);
        _setting.Write(RateAt, (long)rate);
    }

    public void Dispose()
    {
        _setting.Dispose();
        _file.Dispose();
    }
}
