namespace DiskTrials;

/// <summary>The nodes and disks of one trial. Dispose removes them.</summary>
internal sealed class Trial : ITrial
{
    private readonly Dictionary<int, PowerDisk> _powerDisks = [];
    private readonly List<Action> _undo = [];
    private readonly string _work;
    private readonly int _firstPort;
    private Trio? _trio;

    /// <param name="work">An existing folder.</param>
    /// <param name="rounds">How often the power is cut; null: 20 times.</param>
    public Trial(string work, int firstPort, int? rounds) => (_work, _firstPort, Rounds) = (work, firstPort, rounds ?? 20);

    public int Rounds { get; }

    /// <summary>Makes three nodes with stores in folders of the machine's own disk.</summary>
    public Trio OnFolders() => On(number => Directory.CreateDirectory(DiskOf(number)).FullName);

    /// <summary>Makes three nodes on disks that can lose power.</summary>
    public Trio OnPowerDisks(int megabytes, string sync = "always")
    {
        foreach (var number in Trio.Numbers)
        {
            var disk = _powerDisks[number] = new PowerDisk(DiskOf(number), megabytes);
            _undo.Add(disk.Dispose);
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

    public string DiskOf(int number) => Path.Combine(_work, $"disk{number}");

    /// <summary>Cuts the power of these disks at the same time. Unsynced writes are lost.</summary>
    public void Cut(params IEnumerable<int> numbers) =>
        Task.WaitAll([.. numbers.Select(number => Task.Run(() => _powerDisks[number].Cut()))]);

    /// <summary>Mounts the disks again, as after a reboot.</summary>
    public void Restore(params IEnumerable<int> numbers)
    {
        foreach (var number in numbers)
        {
            _powerDisks[number].Restore();
        }
    }

    /// <summary>Starts a node on a disk that fails on demand.</summary>
    public FaultyDisk StartFaulty(int number)
    {
        var disk = new FaultyDisk(DiskOf(number), _work);
        _undo.Add(disk.Dispose);
        _trio!.Start(number, disk.Environment); // Justification: a disk belongs to a trio.
        return disk;
    }

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
        _trio = new Trio(Path.Combine(_work, "notes"), _firstPort, valueSize, sync, number => Path.Combine(diskOf(number), "raft"));
}
