namespace RaftActors.Storage.Tests.Log;

/// <summary>A running log allocates nothing, and behaves the same with a thread as without.</summary>
public sealed class SteadyStateTests
{
    [Fact]
    public void Append_makes_no_garbage_once_memory_is_large_enough()
    {
        using var directory = StoreDirectory.Open(Life.Options with { SegmentSizeBytes = 1 << 20 }, new SinkDisk());
        using var store = directory.StoreOf(Life.OwnerOf("a"));
        store.Open(Life.OwnerOf("a"), default, new SilentListener());
        var request = new RequestId(new Member(new ProcessName("raft1@node1"), new Incarnation(Guid.NewGuid())), 1);
        var writes = new Effect.Persist[200];
        for (var i = 0; i < writes.Length; i++)
        {
            var pair = new Payload.Pair(i % 2 == 0 ? request : null, $"Schlüssel{i}", Life.Bytes(256, 1));
            var entry = Life.Entry(i + 1) with { Payload = pair };
            writes[i] = new Effect.Persist(new Ticket(i + 1), null, [entry]);
        }

        WriteAll(writes.AsSpan(0, 100));
        var before = GC.GetAllocatedBytesForCurrentThread();
        WriteAll(writes.AsSpan(100));

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void WriteAll(ReadOnlySpan<Effect.Persist> some)
        {
            foreach (var write in some)
            {
                store.Write(write);
                directory.WriteQueued();
            }
        }
    }

    [Fact]
    public void Thread_writes_queued_entries_and_snapshots_and_the_next_opening_finds_them()
    {
        using var folder = new TemporaryFolder();
        var options = Life.Options with { Directory = folder["store"] };
        using var done = new CountdownEvent(2);
        using (var directory = StoreDirectory.Open(options))
        {
            var store = directory.StoreOf(Life.OwnerOf("a"));
            store.Open(Life.OwnerOf("a"), default, new Signals(done, new Ticket(50)));
            for (var i = 1; i <= 50; i++)
            {
                store.Write(new Effect.Persist(new Ticket(i), null, [Life.Entry(i)]));
            }

            store.SaveSnapshot(Life.Snapshot(10), Life.Bytes(100, 5));
            Assert.True(done.Wait(TimeSpan.FromSeconds(30)));
            Assert.Contains("is in use", Assert.Throws<StoreException>(() => StoreDirectory.Open(options)).Message);
        }

        using var again = StoreDirectory.Open(options);
        var found = again.StoreOf(Life.OwnerOf("a")).Open(Life.OwnerOf("a"), default, new SilentListener());
        Assert.Equal(50, found.State.Log.Length);
        Assert.Equal(new LogIndex(10), found.State.Snapshot?.Position.Index);
    }

    private sealed class Signals(CountdownEvent done, Ticket last) : IStoreListener
    {
        public void OnPersisted(Ticket ticket)
        {
            if (ticket == last)
            {
                done.Signal();
            }
        }

        public void OnSnapshotSaved(Snapshot snapshot) => done.Signal();

        public void OnSpace(bool isShort)
        {
        }

        public void OnFailed(StoreException cause)
        {
        }
    }

    /// <summary>A disk that accepts every write and keeps none.</summary>
    private sealed class SinkDisk : IDisk, IDiskFile
    {
        public long Length => 1 << 20;

        public string PathOf(string name) => name;

        public IReadOnlyList<string> List(string folder) => [];

        public void CreateFolder(string name)
        {
        }

        public IDiskFile Create(string name, long size) => this;

        public IDiskFile Open(string name) => this;

        public void Rename(string from, string to)
        {
        }

        public void Delete(string name)
        {
        }

        public void SyncFolder(string name)
        {
        }

        public long FreeBytes() => long.MaxValue;

        public int Read(long offset, Span<byte> buffer) => 0;

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
        }

        public void Sync()
        {
        }

        public void Dispose()
        {
        }
    }
}
