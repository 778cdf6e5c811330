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
        if (size - (_state.Find(name)?.Bytes.Length ?? 0) > FreeBytes())
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
        Do(new DiskOperation.Rename(from, to));
    }

    public void Delete(string name)
    {
        Demand(_state.Find(name) is not null, $"There is no {PathOf(name)}.");
        Do(new DiskOperation.Delete(name));
    }

    public void SyncFolder(string name)
    {
        Demand(_state.IsFolder(name), $"There is no folder {PathOf(name)}.");
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
        var isDone = false;
        OnDoing(operation, ref isDone);
        if (!isDone)
        {
            Apply(operation);
        }
    }

    private void Apply(DiskOperation operation)
    {
        Demand(PowerLeft is not <= 0, "The power is gone.");
        PowerLeft--;
        _state.Apply(operation);
        OnDone(operation);
    }

    // Does nothing, unless a test adds it. It may throw, or do another operation in place of this one.
    partial void OnDoing(DiskOperation operation, ref bool isDone);

    // Does nothing, unless a test adds it.
    partial void OnDone(DiskOperation operation);

    // Does nothing, unless a test adds it. It may throw.
    partial void OnReading(string name);

    private sealed class OpenFile(ModelDisk disk, ModelFile file) : IDiskFile
    {
        public long Length => file.Bytes.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            disk.OnReading(file.Name);
            var rest = file.Bytes[(int)Math.Min(offset, Length)..];
            rest = rest[..Math.Min(buffer.Length, rest.Length)];
            rest.CopyTo(buffer);
            return rest.Length;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            if (offset + bytes.Length - Length > disk.FreeBytes())
            {
                disk.Do(new DiskOperation.Write(file.Name, file.Number, offset, bytes[..(bytes.Length / 2)].ToArray()));
                throw new DiskFullException($"{disk.PathOf(file.Name)}: there is no room for {bytes.Length} bytes at {offset}.");
            }

            disk.Do(new DiskOperation.Write(file.Name, file.Number, offset, bytes.ToArray()));
        }

        public void Sync() => disk.Do(new DiskOperation.Sync(file.Name, file.Number));

        public void Dispose()
        {
        }
    }
}
