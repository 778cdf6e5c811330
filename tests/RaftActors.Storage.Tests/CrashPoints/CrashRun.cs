namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>A life of a directory with several owners, on a new disk or on one that lost power.</summary>
internal sealed class CrashRun
{
    private readonly List<OwnerRun> _owners = [];
    private StoreDirectory? _directory;
    private int _identities;

    public CrashRun(ModelDisk disk, IReadOnlyList<Chronicle> chronicles)
    {
        Disk = disk;
        _owners.AddRange(chronicles.Select((chronicle, i) => new OwnerRun(disk, OwnerOf(i + 1), chronicle)));
    }

    public static StoreOptions Options { get; } = new()
    {
        Directory = "model",
        SegmentSizeBytes = 4096,
        BatchSizeMaxBytes = 2048,
        FreeSpaceFloorBytes = 0,
        CleanAboveSegments = 1,
    };

    public ModelDisk Disk { get; }

    /// <summary>The number of openings, closings and seals of the directory.</summary>
    public Dictionary<string, int> Steps { get; } = [];

    /// <summary>Three owners that share one log.</summary>
    public static CrashRun New() => new(new ModelDisk(), [new Chronicle(), new Chronicle(), new Chronicle()]);

    /// <summary>The states that each owner may find after a cut.</summary>
    public IReadOnlyList<Chronicle> After(int cut) => [.. _owners.Select(owner => owner.Chronicle.After(cut))];

    /// <summary>Opens the directory and the stores of all owners.</summary>
    public void Open()
    {
        Note("open");
        _directory = StoreDirectory.Open(Options, Disk, () => new Guid(++_identities, 0, 0, new byte[8]));
        _owners.ForEach(owner => owner.Open(_directory));
    }

    public void Close()
    {
        Note("close");
        _owners.ForEach(owner => owner.Close());
        _directory!.Dispose();
        ThrowIfFailed();
    }

    /// <summary>Does random steps.</summary>
    /// <param name="random">The only source of randomness.</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="canClose">Steps may close and open the directory.</param>
    public void Work(Random random, int steps, bool canClose)
    {
        for (; steps > 0; steps--)
        {
            var step = random.Next(30);
            if (step < 22)
            {
                _owners[random.Next(_owners.Count)].Step(random);
            }
            else if (step < 28)
            {
                WriteQueued();
            }
            else if (step == 28)
            {
                Note("seal");
                WriteQueued();
                _directory!.Seal();
            }
            else if (canClose)
            {
                Close();
                Open();
            }

            ThrowIfFailed();
        }
    }

    /// <summary>Each owner appends an entry in a batch of its own, as its last write.</summary>
    public void Append(Random random) => _owners.ForEach(owner =>
    {
        owner.Append(random);
        WriteQueued();
    });

    public void WriteQueued()
    {
        while (_directory!.WriteQueued())
        {
        }
    }

    /// <summary>The written length of each file. The bytes after it are only allocated.</summary>
    public IReadOnlyDictionary<string, long> Written()
    {
        var ends = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var operation in Disk.Operations)
        {
            switch (operation)
            {
                case DiskOperation.Create(var name, _):
                    ends[name] = 0;
                    break;
                case DiskOperation.Write(var name, _, var offset, var bytes):
                    ends[name] = Math.Max(ends[name], offset + bytes.Length);
                    break;
                case DiskOperation.Rename(var from, var to):
                    ends.Remove(from, out var end);
                    ends[to] = end;
                    break;
                case DiskOperation.Delete(var name):
                    ends.Remove(name);
                    break;
            }
        }

        return ends;
    }

    /// <summary>Reads the stores of all owners on another disk. Null: the directory is refused.</summary>
    public IReadOnlyList<Served>? Serve(DiskImage found)
    {
        try
        {
            using var directory = StoreDirectory.Open(Options, new ModelDisk(found), () => Guid.Empty);
            return _owners.ConvertAll(owner => owner.Serve(directory));
        }
        catch (StoreException)
        {
            return null;
        }
    }

    /// <summary>The worst result among the owners, compared with the unchanged disk.</summary>
    public FlipCount Compare(IReadOnlyList<Served>? given, IReadOnlyList<Served>? all) => given is null
        ? new FlipCount(1, 0, 0, 0)
        : _owners.Select((owner, i) => owner.Chronicle.Compare(given[i], all![i]))
            .MaxBy(verdict => (verdict.Wrong, verdict.Earlier, verdict.Refused));

    /// <summary>The number of steps of each kind, of all owners and the directory.</summary>
    public IReadOnlyDictionary<string, int> AllSteps() => _owners.SelectMany(owner => owner.Steps).Concat(Steps)
        .GroupBy(step => step.Key).ToDictionary(group => group.Key, group => group.Sum(step => step.Value));

    /// <summary>The number of segments that began with entries of quiet stores.</summary>
    public int Moves()
    {
        var large = Disk.Operations.OfType<DiskOperation.Create>().Where(file => file.Size > Options.SegmentSizeBytes)
            .Select(file => file.Name).ToHashSet();
        return Disk.Operations.OfType<DiskOperation.Rename>().Count(file => large.Contains(file.From));
    }

    private static StoreOwner OwnerOf(int number) => new($"group{number}", new ProcessName($"raft{number}@node"));

    private void Note(string step) => Steps[step] = Steps.GetValueOrDefault(step) + 1;

    private void ThrowIfFailed()
    {
        if (_owners.Find(owner => owner.Failure is not null)?.Failure is { } failure)
        {
            throw failure;
        }
    }
}
