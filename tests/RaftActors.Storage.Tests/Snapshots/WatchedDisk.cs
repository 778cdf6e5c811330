namespace RaftActors.Storage.Tests.Snapshots;

/// <summary>Runs an action in the middle of a read, and counts files and reads.</summary>
internal sealed class WatchedDisk(IDisk disk) : IDisk
{
    public Action? OnRead { get; set; }

    /// <summary>Called when a file is closed without a wait for its blocks.</summary>
    public Action? OnDisposeDeleted { get; set; }

    public int OpenFiles { get; private set; }

    public int Openings { get; private set; }

    public int Reads { get; private set; }

    public long BytesRead { get; private set; }

    public string PathOf(string name) => disk.PathOf(name);

    public IReadOnlyList<string> List(string folder) => disk.List(folder);

    public void CreateFolder(string name) => disk.CreateFolder(name);

    public IDiskFile Create(string name, long size) => new WatchedFile(this, disk.Create(name, size));

    public IDiskFile Open(string name) => new WatchedFile(this, disk.Open(name));

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void Delete(string name) => disk.Delete(name);

    public void SyncFolder(string name) => disk.SyncFolder(name);

    public long FreeBytes() => disk.FreeBytes();

    private sealed class WatchedFile : IDiskFile
    {
        private readonly WatchedDisk _disk;
        private readonly IDiskFile _file;
        private bool _isClosed;

        public WatchedFile(WatchedDisk disk, IDiskFile file)
        {
            (_disk, _file) = (disk, file);
            disk.OpenFiles++;
            disk.Openings++;
        }

        public long Length => _file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            _disk.OnRead?.Invoke();
            ObjectDisposedException.ThrowIf(_isClosed, this);
            var read = _file.Read(offset, buffer);
            _disk.Reads++;
            _disk.BytesRead += read;
            return read;
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes) => _file.Write(offset, bytes);

        public void Sync() => _file.Sync();

        public void DisposeDeleted()
        {
            _disk.OnDisposeDeleted?.Invoke();
            Dispose();
        }

        public void Dispose()
        {
            Assert.False(_isClosed);
            _isClosed = true;
            _disk.OpenFiles--;
            _file.Dispose();
        }
    }
}
