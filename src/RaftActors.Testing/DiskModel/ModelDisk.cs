using RaftActors.Storage.Disk;

namespace RaftActors.Testing.DiskModel;

/// <summary>
/// A disk in memory that loses power. README.md has its assumptions. The tests of stores add a record of its operations, and faults. For
/// one thread.
/// </summary>
internal sealed partial class ModelDisk(DiskImage found) : IDisk
{
    private readonly DiskState _state = new(found);

    public ModelDisk()
        : this(DiskImage.Empty)
    {
    }

    /// <summary>The maximum bytes of all files together.</summary>
    public long Capacity { get; set; } = long.MaxValue;

    /// <summary>
    /// The number of operations until the power goes. Every later operation fails without effect. Null: the power stays.
    /// </summary>
    public int? PowerLeft { get; set; }

    /// <summary>The files as the page cache shows them now: what a crash of the process leaves.</summary>
    public DiskImage Now => _state.Found(_ => Fate.Kept);

    /// <summary>
    /// The files after a cut of the power now. A function chooses the fate of each operation that is not durable, by a number below the one
    /// it is given: 0 keeps the operation, 1 loses it.
    /// </summary>
    public DiskImage CutNow(Func<int, int> choose)
    {
        var fates = _state.Open().ToDictionary(point => point, point => point.Fates[choose(point.Fates.Length)]);
        return _state.Found(point => fates[point]);
    }

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
        OnDone(operation);
    }

    private void MeetFault(DiskFault fault, string name) => Demand(!HasFault(fault), $"{PathOf(name)}: {fault} fails, as planned.");

    private bool HasFault(DiskFault fault)
    {
        var isPlanned = false;
        FindPlanned(fault, ref isPlanned);
        return isPlanned;
    }

    // Does nothing, unless a test adds it.
    partial void OnDone(DiskOperation operation);

    // Finds nothing, unless a test adds it.
    partial void FindPlanned(DiskFault fault, ref bool isPlanned);

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
