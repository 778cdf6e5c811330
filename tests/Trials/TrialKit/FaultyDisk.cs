namespace TrialKit;

/// <summary>
/// A folder that fails for one process, which preloads the library of faultydisk.c. Process and trial map the same file into memory: the
/// trial chooses the fault, and the library counts the calls that met it.
/// </summary>
internal sealed class FaultyDisk : IDisposable
{
    // The layout of the file: kind, value, spared, hits. Four bytes each.
    private const int ValueAt = 4;
    private const int SparedAt = 8;
    private const int HitsAt = 12;
    private const int Size = 16;

    private readonly PreloadedLibrary _library;

    /// <param name="folder">The folder that fails.</param>
    /// <param name="work">A folder outside of it, for the library and the file.</param>
    public FaultyDisk(string folder, string work)
    {
        _library = new PreloadedLibrary("faultydisk", work, Size);
        Environment = new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = _library.Library,
            ["FAULTY_DISK"] = folder,
            ["FAULTY_DISK_FAULT"] = _library.Shared,
        };
    }

    /// <summary>The environment of the process whose disk fails.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>The number of calls that met the latest fault.</summary>
    public int Hits => _library.Memory.ReadInt32(HitsAt);

    /// <summary>Why this machine has no such disk, with the remedy; null: it has.</summary>
    public static string? Problem() => PreloadedLibrary.Problem();

    /// <summary>Replaces the fault.</summary>
    /// <param name="value">Its size, see <see cref="DiskFault"/>.</param>
    /// <param name="spared">The number of calls that succeed first.</param>
    public void Set(DiskFault fault, int value = 0, int spared = 0)
    {
        var memory = _library.Memory;
        memory.Write(0, (int)DiskFault.None);
        memory.Write(ValueAt, value);
        memory.Write(SparedAt, spared);
        memory.Write(HitsAt, 0);
        memory.Write(0, (int)fault);
    }

    public void Dispose() => _library.Dispose();
}

/// <summary>The faults of calls to a disk, with the numbers of faultydisk.c.</summary>
internal enum DiskFault
{
    None,

    /// <summary>Writes fail with this error number.</summary>
    WriteFails,

    /// <summary>Writes take this number of bytes at most.</summary>
    WriteIsShort,

    /// <summary>The process ends after half of a write.</summary>
    ExitInWrite,

    /// <summary>Syncs fail with this error number.</summary>
    SyncFails,

    /// <summary>Syncs take this number of milliseconds longer.</summary>
    SyncIsSlow,

    /// <summary>Syncs do nothing, and report success.</summary>
    SyncLies,

    /// <summary>The process ends before a sync.</summary>
    ExitInSync,

    /// <summary>Reads fail with this error number.</summary>
    ReadFails,

    /// <summary>Reads return when the fault ends.</summary>
    ReadHangs,

    /// <summary>Every write, sync and read takes this many times as long.</summary>
    IsSlow,
}
