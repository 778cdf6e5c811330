namespace RaftActors.Tests.Engine;

/// <summary>What a process answers to the requests of a backup.</summary>
public sealed class BackupServerTests : TestKit
{
    private const int SizeMax = 100;
    private static readonly GroupUid Uid = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

    private readonly HostedStore _store;
    private readonly Snapshot _snapshot = SnapshotAt(4, 150);
    private readonly IActorRef _server;

    public BackupServerTests()
        : base("akka.loglevel = ERROR")
    {
        MemoryStore memory = new();
        _store = HostedStore.Open(memory, new StoreOwner("g", new ProcessName("a@n1")), []).Store;
        _store.Write(new Effect.Persist(new Ticket(1), null, [.. Enumerable.Range(1, 200).Select(EntryAt)]));
        memory.SaveSnapshot(_snapshot, Enumerable.Range(0, 150).Select(at => (byte)at).ToArray());
        _server = Sys.ActorOf(Props.Create(() => new BackupServer(_store, SizeMax)));
    }

    [Fact]
    public void Snapshot_comes_first_in_pieces_that_fit_into_a_frame()
    {
        List<byte> state = [];
        List<SessionState> sessions = [];
        List<CommittedKey> keys = [];
        for (var place = 0L; place < 9 + 9 + 150; place = sessions.Count + keys.Count + state.Count)
        {
            var part = Ask(new ClientCall.Backup(default, _snapshot.Position, place, LogIndex.Zero));
            Assert.Equal((Uid, new LogIndex(200)), (part.Uid, part.End));
            var piece = part.Snapshot!;
            Assert.Equal((9, 9, place, false), (piece.SessionCount, piece.KeyCount, piece.Place, piece.IsEmpty));
            Assert.InRange(piece.Data.Length, 0, SizeMax);
            sessions.AddRange(piece.Sessions);
            keys.AddRange(piece.Keys);
            state.AddRange(piece.Data.ToArray());
        }

        Assert.Equal(_snapshot.Sessions, sessions);
        Assert.Equal(_snapshot.Keys.Keys, keys);
        Assert.Equal(Enumerable.Range(0, 150).Select(at => (byte)at), state);
    }

    [Fact]
    public void Pieces_of_another_snapshot_begin_anew_and_one_that_is_gone_is_declined()
    {
        var other = _snapshot.Position with { Index = new LogIndex(3) };

        Assert.Equal(0, Ask(new ClientCall.Backup(default, other, 20, LogIndex.Zero)).Snapshot!.Place);
        var gone = AskAny(new ClientCall.Backup(default, other, 20, LogIndex.Zero), _snapshot with { Position = other });
        Assert.Contains("does not exist any more", Assert.IsType<ClientReply.Declined>(gone).Why);
    }

    [Fact]
    public void Entries_come_as_many_as_fit_and_at_least_one()
    {
        var large = Sys.ActorOf(Props.Create(() => new BackupServer(_store, 1 << 20)));

        Assert.Equal([7], IndexesAfter(6));
        Assert.Equal(Enumerable.Range(7, 63).Select(index => (long)index), IndexesAfter(6, large));
        Assert.Equal([199, 200], IndexesAfter(198, large));
        Assert.Empty(IndexesAfter(200));
        Assert.Equal([1], AskAny(new ClientCall.Backup(default, default, 0, LogIndex.Zero), snapshot: null) is ClientReply.BackupPart part
            ? part.Entries.Select(entry => entry.Index.Value)
            : []);
    }

    [Fact]
    public void Compacted_entries_are_replaced_by_the_snapshot_unless_the_client_has_all_of_it()
    {
        _store.Write(new Effect.Discard(PositionAt(4), new LogIndex(4)));

        Assert.Equal([5], IndexesAfter(4));
        Assert.Equal(7, Ask(new ClientCall.Backup(PositionAt(3), _snapshot.Position, 7, LogIndex.Zero)).Snapshot!.Place);
        Assert.Contains("compacted", Assert.IsType<ClientReply.Declined>(
            AskAny(new ClientCall.Backup(PositionAt(3), default, 0, LogIndex.Zero), snapshot: null)).Why);
    }

    [Fact]
    public void Log_that_ends_with_another_entry_is_refused()
    {
        ClientCall.Backup call = new(PositionAt(7) with { Term = new Term(9) }, default, 0, LogIndex.Zero);

        Assert.Contains(
            "The backup ends at 7/9 s7, where the process has another entry, of term 1. Take a full backup.",
            Assert.IsType<ClientReply.Failed>(AskAny(call, _snapshot)).Failure.Detail);
    }

    [Fact]
    public void Large_entries_come_up_to_256_kibibytes_and_one_that_is_larger_than_a_frame_alone()
    {
        _store.Write(new Effect.Persist(new Ticket(2), null, [.. Enumerable.Range(201, 9).Select(index => EntryOf(index, 100_000))]));
        var large = Sys.ActorOf(Props.Create(() => new BackupServer(_store, 1 << 20)));

        Assert.Equal([201], IndexesAfter(200, end: 209));
        Assert.Equal([201, 202], IndexesAfter(200, large, end: 209));
    }

    private static LogEntry EntryAt(int index) => EntryOf(index, 20);

    private static LogEntry EntryOf(int index, int size) =>
        new(new LogIndex(index), new Term(1), new Serial(index), null, $"key{index}", new byte[size]);

    private static LogPosition PositionAt(long index) => new(new LogIndex(index), new Term(1), new Serial(index), 7);

    private static Snapshot SnapshotAt(long index, int stateSize) => new(
        PositionAt(index),
        new LogIndex(1),
        new Configuration(Uid, 1, [new Member(new ProcessName("a@n1"), default)], [], [], []),
        [
            .. Enumerable.Range(0, 9).Select(number => new SessionState(
                new Member(new ProcessName($"a@n{number}"), default), 1, new Serial(9), [])),
        ],
        stateSize)
    {
        Keys = new KeyTable(Serial.Zero, [.. Enumerable.Range(0, 9).Select(number => new CommittedKey(
            new RequestKeyHash(new Guid(number, 0, 0, new byte[8])), new LogIndex(1), new Serial(1)))]),
    };

    private IEnumerable<long> IndexesAfter(long index, IActorRef? server = null, long end = 200)
    {
        var part = Assert.IsType<ClientReply.BackupPart>(
            AskAny(new ClientCall.Backup(PositionAt(index), default, 0, LogIndex.Zero), _snapshot, server, end));
        Assert.Null(part.Snapshot);
        return part.Entries.ToArray().Select(entry => entry.Index.Value);
    }

    private ClientReply.BackupPart Ask(ClientCall.Backup call) => Assert.IsType<ClientReply.BackupPart>(AskAny(call, _snapshot));

    private ClientReply AskAny(ClientCall.Backup call, Snapshot? snapshot, IActorRef? server = null, long end = 200)
    {
        (server ?? _server).Tell(new BackupServer.Wanted(call, Uid, snapshot, new LogIndex(end), TestActor), ActorRefs.NoSender);
        return ExpectMsg<ClientReply>();
    }
}
