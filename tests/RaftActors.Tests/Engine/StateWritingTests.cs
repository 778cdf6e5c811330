namespace RaftActors.Tests.Engine;

/// <summary>The thread that writes a state into a store on a disk.</summary>
public sealed class StateWritingTests : TestKit
{
    // A thousand groups may save their blocks at once. The writer of a stream may block for minutes, and that of a large block rests.
    [Theory]
    [InlineData(true, SnapshotTurn.BytesPerSecond - 1, true)]
    [InlineData(true, SnapshotTurn.BytesPerSecond, false)]
    [InlineData(false, 0, false)]
    public async Task Block_is_written_by_the_pool_and_a_stream_or_a_large_block_by_a_thread_of_its_own(
        bool isBlock, long former, bool expected)
    {
        var (store, _) = HostedStore.Open(new DiskStore(), new StoreOwner("g", new ProcessName("a@n")), default);
        store.MeetEngine(TestActor);
        var configuration = new Configuration(GroupUid.None, 1, [], [], [], []);
        var position = new LogPosition(new LogIndex(1), new Term(1), new Serial(1), 0);
        TaskCompletionSource<bool> isOfPool = new();

        StateWriting.Start(
            store,
            new Snapshot(position, new LogIndex(1), configuration, [], 0),
            (_, _) =>
            {
                isOfPool.SetResult(Thread.CurrentThread.IsThreadPoolThread);
                return Task.CompletedTask;
            },
            isBlock,
            TestActor,
            former);

        Assert.Equal(expected, await isOfPool.Task.WaitAsync(Guard));
    }

    private sealed class DiskStore : IRaftStore
    {
        private readonly MemoryStore _memory = new();

        public RecoveredState Open(StoreOwner owner, LogSlice preload, IStoreListener listener) => _memory.Open(owner, preload, listener);

        public bool Write(Effect.Write write) => _memory.Write(write);

        public ISnapshotWriter BeginSnapshot(Snapshot snapshot) => new Writer();

        public ReadOnlyMemory<byte> ReadSnapshot(LogPosition position, long offset, int limit) => default;

        public LogSlice ReadLog(LogIndex first, LogIndex last) => default;

        public void Dispose()
        {
        }

        private sealed class Writer : ISnapshotWriter
        {
            public void Append(ReadOnlySpan<byte> state)
            {
            }

            public void Complete()
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
