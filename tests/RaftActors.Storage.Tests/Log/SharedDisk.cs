namespace RaftActors.Storage.Tests.Log;

/// <summary>A model disk for several threads. One of them can wait for an operation.</summary>
internal sealed class SharedDisk : IDisk
{
    public static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(30);

    private readonly object _gate = new();
    private readonly ModelDisk _disk = new();
    private string? _held;

    /// <summary>The number of operations refused for lack of room.</summary>
    public int Refused { get; private set; }

    /// <summary>The reads that wait, because of <see cref="Hold"/>.</summary>
    public int Waiting { get; private set; }

    /// <summary>From now on, reads of the files whose names begin so wait. Null: no reads wait.</summary>
    public void Hold(string? files) => Do(_ => _held = files);

    /// <summary>Waits until a condition holds. Evaluates it again after each operation.</summary>
    public void WaitFor(Func<ModelDisk, bool> condition)
    {
        var since = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            while (!condition(_disk))
            {
                var rest = WaitMax - Stopwatch.GetElapsedTime(since);
                Assert.True(rest > TimeSpan.Zero && Monitor.Wait(_gate, rest), "It does not happen.");
            }
        }
    }

    public T Read<T>(Func<ModelDisk, T> read)
    {
        lock (_gate)
        {
            return read(_disk);
        }
    }

    public string PathOf(string name) => _disk.PathOf(name);

    public IReadOnlyList<string> List(string folder) => Do(disk => disk.List(folder));

    public void CreateFolder(string name) => Do(disk => disk.CreateFolder(name));

    public IDiskFile Create(string name, long size) => new SharedFile(this, name, Do(disk => disk.Create(name, size)));

    public IDiskFile Open(string name) => new SharedFile(this, name, Do(disk => disk.Open(name)));

    public void Rename(string from, string to) => Do(disk => disk.Rename(from, to));

    public void Delete(string name) => Do(disk => disk.Delete(name));

    public void SyncFolder(string name) => Do(disk => disk.SyncFolder(name));

    public long FreeBytes() => Do(disk => disk.FreeBytes());

    public void Do(Action<ModelDisk> action) => Do(disk =>
    {
        action(disk);
        return true;
    });

    private T Do<T>(Func<ModelDisk, T> action)
    {
        lock (_gate)
        {
            try
            {
                return action(_disk);
            }
            catch (DiskFullException)
            {
                Refused++;
                throw;
            }
            finally
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private sealed class SharedFile(SharedDisk disk, string name, IDiskFile file) : IDiskFile
    {
        public long Length => disk.Do(_ => file.Length);

        public int Read(long offset, Span<byte> buffer)
        {
            lock (disk._gate)
            {
                disk.Waiting++;
                Monitor.PulseAll(disk._gate);
                while (disk._held is { } held && name.StartsWith(held, StringComparison.Ordinal))
                {
                    Monitor.Wait(disk._gate);
                }

                disk.Waiting--;
                return file.Read(offset, buffer);
            }
        }

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            var copy = bytes.ToArray();
            disk.Do(_ => file.Write(offset, copy));
        }

        public void Sync() => disk.Do(_ => file.Sync());

        public void Dispose()
        {
        }
    }
}
