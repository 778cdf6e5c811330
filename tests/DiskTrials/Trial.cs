namespace DiskTrials;

/// <summary>The nodes and disks of one trial. Dispose removes them.</summary>
internal sealed class Trial : ITrial
{
    private readonly Tools _tools;
    private readonly List<Action> _undo = [];
    private Trio? _trio;

    public Trial(Tools tools, string work, int firstPort, int rounds)
    {
        (_tools, Work, FirstPort, Rounds) = (tools, work, firstPort, rounds);
        Directory.CreateDirectory(work);
    }

    public string Work { get; }

    public int FirstPort { get; }

    public int Rounds { get; }

    /// <summary>Makes three nodes with stores in folders of the machine's own disk.</summary>
    public Trio OnFolders() => On(number => Directory.CreateDirectory(Path.Combine(Work, $"disk{number}")).FullName);

    /// <summary>Makes three nodes on disks that can lose power.</summary>
    public Trio OnPowerDisks(int megabytes, string sync = "always")
    {
        foreach (var number in Trio.Numbers)
        {
            var disk = DiskOf(number);
            _tools.MakeDisk(disk, megabytes);
            _undo.Add(() => _tools.Remove(disk));
        }

        return On(DiskOf, sync: sync);
    }

    /// <summary>Makes three nodes, the first of them on a small disk in memory.</summary>
    public Trio OnSmallDisk(int megabytes, int valueSize)
    {
        var disk = Directory.CreateDirectory(DiskOf(1)).FullName;
        Machine.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk);
        _undo.Add(() => Machine.Run("umount", disk));
        return On(DiskOf, valueSize);
    }

    public void Grow(int number, int megabytes) => Machine.Run("mount", "-o", $"remount,size={megabytes}m", DiskOf(number));

    public string DiskOf(int number) => Path.Combine(Work, $"disk{number}");

    /// <summary>Cuts the power of these disks at the same time. Unsynced writes are lost.</summary>
    public void Cut(params IEnumerable<int> numbers) =>
        Task.WaitAll([.. numbers.Select(number => Task.Run(() => _tools.Cut(DiskOf(number))))]);

    /// <summary>Mounts the disks again, as after a reboot.</summary>
    public void Back(params IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _tools.Back(DiskOf(number));
        }
    }

    /// <summary>Starts a node with a disk that follows <see cref="Fault"/>.</summary>
    public void StartFaulty(int number)
    {
        Fault(number, "");
        _trio!.Start(number, new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = _tools.Library,
            ["DF_PATH"] = DiskOf(number) + "/",
            ["DF_CTL"] = ControlOf(number),
        });
    }

    /// <summary>Sets the faults of a node's disk, in the words of diskfault.c. An empty text ends them.</summary>
    public void Fault(int number, string words) => File.WriteAllText(ControlOf(number), words);

    /// <summary>The last lines of the nodes.</summary>
    public string Tails() => _trio is null
        ? ""
        : string.Join('\n', Trio.Numbers.Select(number => $"--- node {number}\n{_trio.Tail(number)}"));

    public void Dispose()
    {
        _trio?.Dispose();
        foreach (var undo in _undo)
        {
            undo();
        }
    }

    private Trio On(Func<int, string> diskOf, int valueSize = 100, string sync = "always") =>
        _trio = new Trio(Path.Combine(Work, "notes"), FirstPort, valueSize, sync, number => Path.Combine(diskOf(number), "raft"));

    private string ControlOf(int number) => Path.Combine(Work, $"fault{number}");
}
