namespace TrialKit;

/// <summary>
/// The wall clock of a process, which preloads libfaketime. The monotonic clock stays, as on a machine whose time of day is set.
/// </summary>
internal sealed class WallClock(string file)
{
    // Null: it is not installed.
    private static readonly string? Library = Directory.GetDirectories("/usr/lib", "*-linux-gnu")
        .Select(folder => Path.Combine(folder, "faketime/libfaketimeMT.so.1")).FirstOrDefault(File.Exists);

    /// <summary>By how much a clock jumps, in the words of <see cref="Set"/> and in seconds. The last one runs fast.</summary>
    public static IReadOnlyList<(string Words, int Seconds)> Jumps { get; } =
        [("+3600", 3600), ("-7200", -7200), ("+86400", 86400), ("+0", 0), ("-1", -1), ("+0 x50", 0)];

    /// <summary>The environment of the process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library ?? "",
        ["FAKETIME_TIMESTAMP_FILE"] = file,
        ["FAKETIME_CACHE_DURATION"] = "1",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };

    /// <summary>Why this machine cannot change the clock of a process, with the remedy; null: it can.</summary>
    public static string? Problem() => Library is null ? "it needs libfaketime: run 'apt-get install faketime'" : null;

    /// <summary>Sets the clock within a second, also before the process starts.</summary>
    public void Set(string words = "+0") => File.WriteAllText(file, words);
}
