using RaftActors.Cli.Server;
using RaftActors.Storage;

namespace RaftActors.Cli.Client.Check;

/// <summary>Checks a data directory of this machine: its rights, its free space, and the time of a sync.</summary>
internal static class DataCheck
{
    // Each commit waits for syncs on a majority, so a slower disk makes Appends slow.
    private static readonly TimeSpan SyncMax = TimeSpan.FromMilliseconds(25);

    // Justification: it has a default.
    private static readonly long Floor = Raft.DefaultConfig().GetByteSize("raft.store.free-space-floor")!.Value;
    private static readonly long Comfort = 4 * Floor;

    public static Finding[] Findings(string directory)
    {
        var path = Path.GetFullPath(directory);
        if (!Directory.Exists(path))
        {
            return [Finding.Fail(path, "it is no directory", "Name the data directory of a process on this machine.")];
        }

        try
        {
            return [Rights(path), Space(path, new DriveInfo(path).AvailableFreeSpace), Latency(path, SyncProbe.Measure(path))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [Finding.Fail(path, Clause.Of(e.Message), "Run the check as the user of the process.")];
        }
    }

    /// <param name="times">Sorted.</param>
    public static Finding Latency(string path, TimeSpan[] times)
    {
        var (half, most) = SyncProbe.Percentiles(times);
        var text = $"a sync takes {half.TotalMilliseconds:0.00} ms (p50) and {most.TotalMilliseconds:0.00} ms (p99) of {times.Length}";
        return most > SyncMax
            ? Finding.Warn(path, $"{text}, which is slow: each commit waits for one", "Use a local disk, and let no other program load it.")
            : Finding.Ok(path, text);
    }

    public static Finding Space(string path, long free)
    {
        var text = $"{free >> 20} MiB are free";
        return free < Floor
            ? Finding.Fail(path, $"{text}, less than the default of raft.store.free-space-floor", "Make room on the disk.")
            : free < Comfort
                ? Finding.Warn(path, $"{text}, which is little", "Make room before a leader must refuse Appends.")
                : Finding.Ok(path, text);
    }

    private static Finding Rights(string path) => StoreTools.ObjectionTo(path) is { } objection
        ? Finding.Fail(path, $"other users can change it: {Clause.Of(objection)}", DataFolder.AllowShared)
        : Finding.Ok(path, "no other user can change it");
}
