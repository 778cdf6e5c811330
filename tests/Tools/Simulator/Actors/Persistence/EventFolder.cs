using System.Globalization;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>
/// Folders for the files of events, which are on the disk of the machine. The simulated disks have the log, and each life of a node writes
/// its files anew from that. All folders are deleted when this program ends.
/// </summary>
internal static class EventFolder
{
    private static readonly string Root = Make();

    private static int _last;

    /// <summary>Returns the path of a folder of one run.</summary>
    public static string Next() =>
        Path.Combine(Root, Interlocked.Increment(ref _last).ToString(CultureInfo.InvariantCulture)).Replace('\\', '/');

    private static string Make()
    {
        var root = Directory.CreateTempSubdirectory("raft-simulated-events-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(root, recursive: true);
        return root;
    }
}
