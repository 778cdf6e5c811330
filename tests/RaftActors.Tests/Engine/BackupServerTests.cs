using Akka.Actor;
using Akka.TestKit.Xunit2;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Engine;
using RaftActors.Storage;
using RaftActors.Wire;

namespace RaftActors.Tests.Engine;

/// <summary>What a process answers to the requests of a backup.</summary>
public sealed class BackupServerTests : TestKit
{
    private const int SizeMax = 100;
    private static readonly GroupUid Uid = new(Guid.Parse("11111111-2222-3333-4444-555555555555"));

    private readonly HostedStore _store = HostedStore.Open(new MemoryStore(), new StoreOwner("g", new ProcessName("a@n1")), []).Store;
    private readonly Snapshot _snapshot = SnapshotAt(4, 150);
    private readonly IActorRef _server;

    public BackupServerTests()
        : base("akka.loglevel = ERROR")
    {
        _store.Write(new Effect.Persist(new Ticket(1), null, [.. Enumerable.Range(1, 200).Select(EntryAt)]));
        _store.SaveSnapshot(_snapshot, Enumerable.Range(0, 150).Select(at => (byte)at).ToArray());
        _server = Sys.ActorOf(Props.Create(() => new BackupServer(_store, SizeMax)));
    }

    [Fact]
    public void Begin_tells_the_snapshot_its_sizes_and_the_end()
    {
        var begun = Assert.IsType<ClientReply.BackupBegun>(Ask(new ClientCall.BackupBegin(LogIndex.Zero)));

        Assert.Equal(
            (Uid, _snapshot.Position, Description().Length, 150, new LogIndex(200)),
            (begun.Uid, begun.Snapshot, begun.DescriptionLength, begun.StateLength, begun.End));
        Assert.Equal(
            new ClientReply.BackupBegun(Uid, default, 0, 0, new LogIndex(200)),
            Ask(new ClientCall.BackupBegin(LogIndex.Zero), isBare: true));
    }

    [Fact]
    public void Description_and_state_come_in_pieces_that_fit_into_a_frame()
    {
        var description = PiecesOf(offset => new ClientCall.BackupDescription(_snapshot.Position, offset), Description().Length);
        var state = PiecesOf(offset => new ClientCall.BackupState(_snapshot.Position, offset), 150);

        Assert.Equal(Description(), description);
        Assert.Equal(Enumerable.Range(0, 150).Select(at => (byte)at), state);
    }

    [Fact]
    public void Parts_of_another_snapshot_are_lost()
    {
        var other = _snapshot.Position with { Index = new LogIndex(3) };

        Assert.Contains("A later snapshot has replaced that of 3", Lost(new ClientCall.BackupDescription(other, 0)));
        Assert.Contains("A later snapshot", Lost(new ClientCall.BackupDescription(_snapshot.Position, Description().Length)));
        Assert.Contains("does not exist any more", Lost(new ClientCall.BackupState(other, 0)));
    }

    [Fact]
    public void Entries_come_as_many_as_fit_and_at_least_one()
    {
        Assert.Equal([7], IndexesOf(7, 200));
        Assert.Equal([7], IndexesOf(7, 7));
        _store.Write(new Effect.Discard(PositionAt(4), new LogIndex(4)));
        Assert.Contains("The entries from 4 on are compacted.", Lost(new ClientCall.BackupLog(new LogIndex(4), new LogIndex(9))));
        var large = Sys.ActorOf(Props.Create(() => new BackupServer(_store, 1 << 20)));
        Assert.Equal(Enumerable.Range(5, 64).Select(index => (long)index), IndexesOf(5, 200, large));
        Assert.Equal([5, 6], IndexesOf(5, 6, large));
    }

    [Fact]
    public void Large_entries_come_up_to_256_kibibytes_and_one_that_is_larger_than_a_frame_alone()
    {
        _store.Write(new Effect.Persist(new Ticket(2), null, [.. Enumerable.Range(201, 9).Select(index => EntryOf(index, 100_000))]));
        var large = Sys.ActorOf(Props.Create(() => new BackupServer(_store, 1 << 20)));

        Assert.Equal([201], IndexesOf(201, 209));
        Assert.Equal([201, 202], IndexesOf(201, 209, large));
    }

    private static LogEntry EntryAt(int index) => EntryOf(index, 20);

    private static LogEntry EntryOf(int index, int size) =>
        new(new LogIndex(index), new Term(1), new Serial(index), null, $"key{index}", new byte[size]);

    private static LogPosition PositionAt(long index) => new(new LogIndex(index), new Term(1), new Serial(index), 7);

    private static Snapshot SnapshotAt(long index, int stateSize) => new(
        PositionAt(index),
        new LogIndex(1),
        new Configuration(Uid, 1, [new Member(new ProcessName("a@n1"), default)], [], [], []),
        [],
        stateSize);

    private byte[] Description()
    {
        ByteWriter writer = new();
        EntryFormat.WriteSnapshot(writer, _snapshot);
        return writer.ToArray();
    }

    private byte[] PiecesOf(Func<long, ClientCall.Backup> toCall, int length)
    {
        List<byte> all = [];
        while (all.Count < length)
        {
            var piece = Assert.IsType<ClientReply.BackupBytes>(Ask(toCall(all.Count))).Bytes;
            Assert.InRange(piece.Length, 1, SizeMax);
            all.AddRange(piece.ToArray());
        }

        return [.. all];
    }

    private IEnumerable<long> IndexesOf(long first, long last, IActorRef? server = null) =>
        Assert.IsType<ClientReply.BackupEntries>(Ask(new ClientCall.BackupLog(new LogIndex(first), new LogIndex(last)), server: server))
            .Entries.ToArray().Select(entry => entry.Index.Value);

    private string Lost(ClientCall.Backup call) => Assert.IsType<ClientReply.BackupLost>(Ask(call)).Why;

    private object Ask(ClientCall.Backup call, bool isBare = false, IActorRef? server = null)
    {
        BackupServer.Wanted wanted = new(call, Uid, isBare ? null : _snapshot, new LogIndex(200), TestActor);
        (server ?? _server).Tell(wanted, ActorRefs.NoSender);
        return ExpectMsg<ClientReply>();
    }
}
