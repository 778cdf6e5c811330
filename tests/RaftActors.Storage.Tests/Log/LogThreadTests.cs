namespace RaftActors.Storage.Tests.Log;

/// <summary>The thread of an idle log: seal, retry. Each time span is one millisecond or one day.</summary>
public sealed class LogThreadTests
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Never = TimeSpan.FromDays(1);

    private static readonly StoreOptions Options = Life.Options with { SealAfter = Never, RetryAfter = Never };

    private readonly SharedDisk _disk = new();
    private readonly Listener _listener = new();

    [Fact]
    public void Idle_log_is_sealed()
    {
        using var directory = Open(Options with { SealAfter = AtOnce }, out var store);
        Write(store, 1);

        _disk.WaitFor(disk => disk.Operations is [.., DiskOperation.Write { Bytes.Length: BatchHeader.Size }, DiskOperation.Sync]);

        // A bad byte before the seal is damage, not a torn write.
        var found = _disk.Read(disk => Life.Change(disk, Life.FileOf(1), bytes => bytes[bytes.AsSpan().IndexOf(Life.Bytes(20, 1))] ^= 1));
        Assert.Throws<StoreDamagedException>(() => new Life(found).Open());
    }

    [Fact]
    public void Log_is_not_sealed_before_it_was_idle_for_the_configured_time()
    {
        using (var directory = Open(Options, out var store))
        {
            Write(store, 1);
            _disk.WaitFor(disk => disk.Operations[^1] is DiskOperation.Sync);
            store.Dispose();
        }

        // The only seal is that of the closed directory.
        var writes = _disk.Read(disk => disk.Operations.OfType<DiskOperation.Write>().ToList());
        Assert.Single(writes, write => write.Name == Life.FileOf(1) && write.Bytes.Length == BatchHeader.Size);
    }

    [Fact]
    public void Full_disk_is_tried_again_until_there_is_room()
    {
        using var directory = Open(Options with { RetryAfter = AtOnce }, out var store);
        _disk.Read(disk => disk.Capacity = disk.Capacity - disk.FreeBytes());
        store.Write(new Effect.Persist(new Ticket(1), null, [Life.Entry(1, 1, 4000)]));
        _disk.WaitFor(_ => Told("short"));

        _disk.Read(disk => disk.Capacity = long.MaxValue);

        _disk.WaitFor(_ => Told("room"));
        Assert.True(Told("persisted 1"));
    }

    private static void Write(IRaftStore store, long index) =>
        store.Write(new Effect.Persist(new Ticket(index), null, [Life.Entry(index)]));

    private bool Told(string what) => _disk.Read(_ => _listener.Told.Contains(what));

    private StoreDirectory Open(StoreOptions options, out IRaftStore store)
    {
        var directory = StoreDirectory.OpenWithThread(options, _disk);
        store = directory.StoreOf(Life.OwnerOf("a"));
        store.Open(Life.OwnerOf("a"), default, new SharedListener(_disk, _listener));
        return directory;
    }
}
