using RaftActors.Storage.Disk;

namespace RaftActors.Testing.DiskModel;

/// <summary>
/// A disk in memory that loses power. It records its operations, and returns the disks that a cut after any of them may leave.
/// README.md has its assumptions. For one thread.
/// </summary>
internal sealed class ModelDisk(DiskImage found) : IDisk
{
    private readonly DiskState _state = new(found);
    private readonly List<DiskOperation> _operations = [];
    private readonly List<PlannedFault> _faults = [];

    public ModelDisk()
        : this(DiskImage.Empty)
    {
    }

    public IReadOnlyList<DiskOperation> Operations => _operations;

    /// <summary>False: operations are not recorded, to save memory in a long life. Only <see cref="CutNow"/> works then.</summary>
    public bool IsRecording { get; init; } = true;

    /// <summary>The maximum bytes of all files together.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>
    /// The number of operations until the power goes. Every later operation fails without effect. Null: the power stays.
    /// </summary>
    public int? PowerLeft { get; set; }

    /// <summary>The files as the page cache shows them now: what a crash of the process leaves.</summary>
    public DiskImage Now => _state.Found(_ => Fate.Kept);

    /// <summary>The disks that a power cut after this number of operations may leave.</summary>
    public IEnumerable<PowerCut> CutsAfter(int operations, int few = 64, int samples = 16) =>
        Cuts(few, samples, from: operations).TakeWhile(cut => cut.Operations == operations);

    /// <summary>The same for each number of operations from one on, in order.</summary>
    public IEnumerable<PowerCut> Cuts(int few = 64, int samples = 16, int from = 0)
    {
        var state = new DiskState(found);
        for (var count = 0; count <= _operations.Count; count++)
        {
            foreach (var cut in count < from ? [] : PowerCut.Of(state, count, few, samples))
            {
                yield return cut;
            }

            if (count < _operations.Count)
            {
                state.Apply(_operations[count]);
            }
        }
    }

    /// <summary>Cuts the power now. A function chooses each fate, by a number below the one it is given.</summary>
    public PowerCut CutNow(Func<int, int> choose) => PowerCut.Of(_state, _state.Operations, choose);

    /// <summary>Plans a fault of the n-th operation of a kind from now on (1: the next).</summary>
    public void Fail(DiskFault fault, int nth = 1) => _faults.Add(new PlannedFault(fault) { Left = nth });

    public string PathOf(string name) => $"model:/{name}";

    public IReadOnlyList<string> List(string folder)
    {
        Demand(_state.IsFolder(folder), $"There is no folder {PathOf(folder)}.");
        return
        [
            .. _state.Names.Where(name => DiskState.FolderOf(name) == folder && _state.Find(name) is not null)
                .Select(name => name[(name.LastIndexOf('/') + 1)..]),
        ];
    }

    public void CreateFolder(string name)
    {
        if (!_state.IsFolder(name))
        {
            CreateFolder(DiskState.FolderOf(name));
            Do(new DiskOperation.CreateFolder(name));
        }
    }

    public IDiskFile Create(string name, long size)
    {
        Demand(_state.IsFolder(DiskState.FolderOf(name)), $"There is no folder for {PathOf(name)}.");
        MeetFault(DiskFault.Create, name);
        if (HasFault(DiskFault.CreateFull) || size - (_state.Find(name)?.Bytes.Length ?? 0) > FreeBytes())
        {
            throw new DiskFullException($"{PathOf(name)}: there is no room for {size} bytes.");
        }

        Do(new DiskOperation.Create(name, size));
        return Open(name);
    }

    public IDiskFile Open(string name) =>
        new OpenFile(this, _state.Find(name) ?? throw new FileNotFoundException($"There is no {PathOf(name)}.", PathOf(name)));

    public void Rename(string from, string to)
    {
        Demand(_state.Find(from) is not null, $"There is no {PathOf(from)}.");
        Demand(DiskState.FolderOf(from) == DiskState.FolderOf(to), $"{PathOf(from)} goes to another folder: {PathOf(to)}.");
        MeetFault(DiskFault.Rename, from);
        Do(new DiskOperation.Rename(from, to));
    }

    public void Delete(string name)
    {
        Demand(_state.Find(name) is not null, $"There is no {PathOf(name)}.");
        MeetFault(DiskFault.Delete, name);
        Do(new DiskOperation.Delete(name));
    }

    public void SyncFolder(string name)
    {
        Demand(_state.IsFolder(name), $"There is no folder {PathOf(name)}.");
        MeetFault(DiskFault.SyncFolder, name);
        Do(new DiskOperation.SyncFolder(name));
    }

    public long FreeBytes() => Math.Max(0, Capacity - _state.Names.Sum(name => (long)(_state.Find(name)?.Bytes.Length ?? 0)));

    private static void Demand(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new IOException(otherwise);
        }
    }

    private void Do(DiskOperation operation)
    {
        Demand(PowerLeft is not <= 0, "The power is gone.");
        PowerLeft--;
        _state.Apply(operation);
        if (IsRecording)
        {
            _operations.Add(operation);
        }
    }

    private void MeetFault(DiskFault fault, string name) => Demand(!HasFault(fault), $"{PathOf(name)}: {fault} fails, as planned.");

    private bool HasFault(DiskFault fault)
    {
        foreach (var planned in _faults.Where(planned => planned.Fault == fault))
        {
            planned.Left--;
        }

        return _faults.RemoveAll(planned => planned.Left == 0) > 0;
    }

    private sealed record PlannedFault(DiskFault Fault)
    {
        public int Left { get; set; }
    }

    private sealed class OpenFile(ModelDisk disk, ModelFile file) : IDiskFile
    {
        public long Length => file.Bytes.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            disk.MeetFault(DiskFault.Read, file.Name);
            var rest = file.Bytes[(int)Math.Min(offset, Length)..];
            rest = rest[..Math.Min(buffer.Length, rest.Length)];
            rest.CopyTo(buffer);
            return rest.Length;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var isFull = disk.HasFault(DiskFault.WriteFull) | (offset + bytes.Length - Length > disk.FreeBytes());
            if (isFull || disk.HasFault(DiskFault.Write))
            {
                var done = bytes[..(bytes.Length / 2)].ToArray();
                disk.Do(new DiskOperation.Write(file.Name, file.Number, offset, done));
                throw isFull
                    ? new DiskFullException($"{disk.PathOf(file.Name)}: there is no room for {bytes.Length} bytes at {offset}.")
                    : new IOException($"{disk.PathOf(file.Name)}: a write fails, as planned.");
            }

            disk.Do(new DiskOperation.Write(file.Name, file.Number, offset, bytes.ToArray()));
        }

        public void Sync()
        {
            if (disk.HasFault(DiskFault.Sync))
            {
                disk.Do(new DiskOperation.FailedSync(file.Name, file.Number));
                throw new IOException($"{disk.PathOf(file.Name)}: a sync fails, as planned.");
            }

            if (!disk.HasFault(DiskFault.LyingSync))
            {
                disk.Do(new DiskOperation.Sync(file.Name, file.Number));
            }
        }

        public void Dispose()
        {
        }
    }
}
