using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Storage.Log;

/// <summary>Encodes and decodes the bodies of records. A body does not repeat the fields of its header.</summary>
internal static class RecordFormat
{
    private const int PeerSizeMin = 26;
    private const int NameSizeMin = 1;

    public static void WriteOwner(ByteWriter writer, StoreOwner owner, Incarnation incarnation)
    {
        writer.Text(owner.Group);
        writer.Text(owner.Name.Value);
        writer.Identity(incarnation.Value);
    }

    public static (StoreOwner Owner, Incarnation Incarnation) ReadOwner(ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var read = (new StoreOwner(reader.Text(), reader.Name()), new Incarnation(reader.Identity()));
        reader.End();
        return read;
    }

    public static void WriteHardState(ByteWriter writer, HardState state)
    {
        writer.Optional(state.VotedFor, static (to, candidate) => to.Member(candidate));
        writer.List(state.Recorded, peer =>
        {
            writer.Member(peer.Member);
            writer.Boot(peer.Boot);
        });
        writer.Flag(state.IsAdmitted);
        writer.Identity(state.Group.Value);
        writer.Boot(state.Boot);
        writer.Optional(state.Fence, static (to, fence) =>
        {
            to.Number((long)fence.Reason);
            to.Number(fence.Serial.Value);
        });
        writer.List(state.Roster, name => writer.Text(name.Value));
        writer.Number(state.Promise);
    }

    public static HardState ReadHardState(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var votedFor = reader.Flag() ? reader.Member() : (Member?)null;
        var recorded = reader.List(PeerSizeMin, static (ref ByteReader r) => new PeerRecord(r.Member(), r.Boot()));
        var state = new HardState(new Term(header.Term), votedFor, recorded)
        {
            IsAdmitted = reader.Flag(),
            Group = new GroupUid(reader.Identity()),
            Boot = reader.Boot(),
            Fence = reader.Flag() ? ReadFence(ref reader) : null,
            Roster = reader.List(NameSizeMin, static (ref ByteReader r) => r.Name()),
            Promise = reader.Count(),
        };
        reader.End();
        return state;
    }

    private static Fence ReadFence(ref ByteReader reader)
    {
        var fence = new Fence((RefusalReason)reader.Integer(), new Serial(reader.Count()));
        return fence.Reason is RefusalReason.Diverged or RefusalReason.RestoredDisk
            ? fence
            : throw reader.Damaged($"{fence.Reason} fences no process");
    }

    /// <summary>Writes the body of a base or installed record.</summary>
    /// <param name="last">The end of the log after the record.</param>
    public static void WriteBase(ByteWriter writer, LogPosition position, LogIndex last)
    {
        writer.Hash(position.Hash);
        writer.Hash((ulong)last.Value);
        writer.Number(position.Time.Milliseconds);
    }

    public static (LogPosition Position, LogIndex Last) ReadBase(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        var reader = new ByteReader(body);
        var (hash, last) = (reader.Hash(), new LogIndex((long)reader.Hash()));
        var time = EntryFormat.ReadTime(ref reader);
        reader.End();
        return (new LogPosition(new LogIndex(header.Index), new Term(header.Term), new Serial(header.Serial), hash, time), last);
    }

    /// <summary>Decodes an entry. Its value is a view of the body, not a copy.</summary>
    public static LogEntry ReadEntry(in RecordHeader header, ReadOnlyMemory<byte> body)
    {
        var reader = ByteReader.OfKept(body);
        var entry = EntryFormat.ReadPayload(ref reader, new LogIndex(header.Index), new Term(header.Term), new Serial(header.Serial));
        reader.End();
        return entry;
    }
}
