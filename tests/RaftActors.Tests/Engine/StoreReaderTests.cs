namespace RaftActors.Tests.Engine;

/// <summary>
/// The answers to a leader whose messages need the store. Each question has one, or the engine hears of a failure: otherwise the leader
/// would take its disk for stalled.
/// </summary>
public sealed class StoreReaderTests : TestKit
{
    private readonly ScriptedStore _disk = new();
    private readonly CommittedPairs _pairs;
    private readonly IActorRef _reader;

    public StoreReaderTests()
        : base("akka.loglevel = ERROR")
    {
        var store = HostedStore.Open(_disk, new StoreOwner("g", new ProcessName("a@n1")), []).Store;
        store.Write(new Effect.Persist(new Ticket(1), null, [.. Enumerable.Range(1, 9).Select(index => Bench.Entry(index, 1, null))]));
        store.Write(new Effect.Discard(At(4), new LogIndex(4)));
        store.MeetEngine(TestActor);
        IgnoreMessages<StoreNews.Persisted>(_ => true);
        _pairs = new CommittedPairs(store.ReadLog, store.Fail);
        _reader = Sys.ActorOf(Props.Create(() => new StoreReader(store, _pairs)));
    }

    [Fact]
    public void Entries_that_were_compacted_meanwhile_are_answered_without_a_message()
    {
        _reader.Tell(new Effect.SendEntries(EnvelopeOf(new Message.AppendEntries(At(2), [], default, default, 0)), At(4)), TestActor);

        Assert.Null(ExpectMsg<StoreNews.PageRead>().Filled);
    }

    [Fact]
    public void Read_of_a_snapshot_that_fails_is_answered_with_the_failure()
    {
        _disk.ReadingFailure = new StoreException("The disk is gone.");
        var snapshot = new Snapshot(At(4), new LogIndex(1), new Configuration(GroupUid.None, 1, [], [], [], []), [], 10);

        _reader.Tell(
            new Effect.SendChunk(EnvelopeOf(new Message.SnapshotChunk(snapshot, 0, 0, [], default, default, 0)), 0, 10), TestActor);

        Assert.Equal(_disk.ReadingFailure, ExpectMsg<StoreNews.ChunkRead>().Failure);
    }

    [Fact]
    public void Read_of_a_committed_pair_that_the_store_lacks_is_a_failure_of_the_store()
    {
        _pairs.Commit([.. Enumerable.Range(1, 9).Select(index => Bench.Entry(index, 1, null))]);
        _pairs.EvictTo(new Serial(9));

        _reader.Tell(new PairReads.Wanted(Serial.Zero, 9, _ => { }), TestActor);

        Assert.StartsWith("The store lacks the committed pair 1", ExpectMsg<StoreNews.Failed>().Cause.Message);
    }

    private static LogPosition At(long index) => new(new LogIndex(index), new Term(1), new Serial(index), 0);

    private static Core.Envelope EnvelopeOf(Message body) =>
        new(Bench.MemberOf("raft1"), Bench.MemberOf("raft2"), GroupUid.None, new Term(1), default, body);
}
