using System.Collections.Immutable;

using RaftActors.Core.Codec;

namespace RaftActors.Storage.Tests.Snapshots;

/// <summary>Snapshots with every field set, and states in which each byte depends on snapshot and offset.</summary>
internal static class SnapshotSamples
{
    public const string Folder = "snapshots/1";

    public static readonly StoreOwner Owner = new("bank", new ProcessName("raft1@node1@localhost"));

    private static readonly Member One = new(Owner.Name, new Incarnation(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));
    private static readonly Member Two =
        new(new ProcessName("raft2@node2@localhost"), new Incarnation(new Guid(2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)));

    private static readonly FoundingSerial Founder = new(One.Name, new Serial(1));

    public static Snapshot Of(long index, long length) => new(
        new LogPosition(new LogIndex(index), new Term(3), new Serial(index - 1), 0x0123456789ABCDEF, new LogTime(1_767_225_600_000)),
        new LogIndex(2),
        new Configuration(new GroupUid(new Guid(9, 9, 9, 1, 2, 3, 4, 5, 6, 7, 8)), 1, [One], [], [Two], [Founder]),
        [Session(index)],
        length);

    private static SessionState Session(long index) => new(
        Two,
        5,
        new Serial(index - 1),
        [new(6, new LogIndex(index), new Serial(index - 1)), new(9, new LogIndex(2), new Serial(1))]);

    public static byte[] StateOf(Snapshot snapshot)
    {
        var state = new byte[snapshot.Length];
        new Random((int)snapshot.Position.Index.Value).NextBytes(state);
        return state;
    }

    public static string NameOf(long index, string ending = ".snap") => $"{index:d20}-3{ending}";

    public static string PathOf(long index, string ending = ".snap") => $"{Folder}/{NameOf(index, ending)}";

    /// <summary>Opens the folder, as after a start.</summary>
    public static SnapshotFolder Open(IDisk disk, params long[] installed)
    {
        var folder = new SnapshotFolder(disk, Folder, Owner);
        folder.Reconcile([.. installed.Select(index => Of(index, 0).Position)]);
        return folder;
    }

    /// <summary>Saves a snapshot in pieces.</summary>
    public static void Save(this SnapshotFolder folder, long index, long length)
    {
        const int pieceSize = 100_000;
        var writer = folder.Begin(Of(index, 0));
        var state = StateOf(Of(index, length));
        try
        {
            for (var offset = 0; offset < length; offset += pieceSize)
            {
                writer.Append(state.AsSpan(offset..(int)Math.Min(offset + pieceSize, length)));
            }

            folder.Finish(writer);
        }
        catch (IOException)
        {
            folder.Drop(writer);
            throw;
        }
    }

    /// <summary>Asserts that a snapshot is in the folder, with its description and state.</summary>
    public static void AssertHolds(SnapshotFolder folder, Snapshot snapshot)
    {
        var found = Assert.Single(folder.Kept, one => one.Position == snapshot.Position);
        Assert.Equal(BytesOf(snapshot), BytesOf(found));
        Assert.Equal(StateOf(snapshot), folder.Read(snapshot.Position, 0, int.MaxValue).ToArray());
    }

    public static long[] IndexesOf(SnapshotFolder folder) => [.. folder.Kept.Select(one => one.Position.Index.Value)];

    private static byte[] BytesOf(Snapshot snapshot)
    {
        var writer = new ByteWriter();
        EntryFormat.WriteSnapshot(writer, snapshot);
        return writer.ToArray();
    }
}
