using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the calls of clients and of the replies. <see cref="CallTable"/> maps numbers to these functions. Times are in
/// milliseconds.
/// </summary>
internal static class ClientFormat
{
    private const int PairSizeMin = 4;
    private const int SettingSizeMin = 2;
    private const int AddressSizeMin = 2;
    private const int ProcessSizeMin = 6;

    public static void WriteAppend(ByteWriter writer, ClientCall.Append append)
    {
        writer.Identity(append.Session.Secret);
        writer.Number(append.Number);
        writer.Text(append.Key);
        writer.Bytes(append.Value.Span);
        WriteTime(writer, append.Timeout);
        writer.Flag(append.IsRetry);
        writer.Optional(append.RequestKey, HashedKey.Write);
        writer.Optional(append.Parent, TraceFormat.WriteContext);
    }

    public static ClientCall.Append ReadAppend(ref ByteReader reader) =>
        new(
            ClientSession.Of(reader.Identity()),
            reader.Count(),
            reader.Key(),
            reader.Value(),
            ReadTime(ref reader),
            reader.Flag(),
            reader.Flag() ? HashedKey.Read(ref reader) : null,
            reader.Flag() ? TraceFormat.ReadContext(ref reader) : null);

    public static void WriteLocated(ByteWriter writer, ClientReply.Located located)
    {
        writer.Text(located.Group);
        writer.Optional(located.By, static (to, name) => to.Text(name.Value));
        writer.Optional(located.Leader, static (to, name) => to.Text(name.Value));
        writer.Number(located.Term.Value);
        writer.List(located.Processes, process =>
        {
            writer.Text(process.Name.Value);
            writer.Text(process.Node.ToString());
        });
        writer.Identity(located.Uid.Value);
        writer.List(located.Others, node => writer.Text(node.ToString()));
    }

    public static ClientReply.Located ReadLocated(ref ByteReader reader) => new(
        reader.Text(),
        reader.Flag() ? reader.Name() : null,
        reader.Flag() ? reader.Name() : null,
        new Term(reader.Count()),
        reader.List(ProcessSizeMin, static (ref ByteReader each) => new ProcessAddress(each.Name(), ReadAddress(ref each))),
        new GroupUid(reader.Identity()))
    {
        Others = reader.List(AddressSizeMin, static (ref ByteReader each) => ReadAddress(ref each)),
    };

    public static void WriteNotLeading(ByteWriter writer, ClientReply.NotLeading reply)
    {
        writer.Optional(reply.Leader, static (to, name) => to.Text(name.Value));
        writer.Number(reply.Term.Value);
        writer.Flag(reply.MayBeWritten);
    }

    public static ClientReply.NotLeading ReadNotLeading(ref ByteReader reader) =>
        new(reader.Flag() ? reader.Name() : null, new Term(reader.Count()), reader.Flag());

    public static Address ReadAddress(ref ByteReader reader)
    {
        var text = reader.Text();
        return ActorPath.TryParseAddress(text, out var address) && address.ToString() == text
            ? address
            : throw reader.Damaged($"'{text}' is no address");
    }

    public static void WriteQuery(ByteWriter writer, ClientCall.Query query)
    {
        writer.Bytes(query.Question.Span);
        WriteTime(writer, query.Timeout);
        var consistency = query.Consistency;
        writer.Flag(consistency.NotBelow is not null);
        if (consistency.NotBelow is { } serial)
        {
            writer.Number(serial.Value);
        }
        else
        {
            writer.Flag(consistency.MayUseLease);
        }

        writer.Optional(query.Parent, TraceFormat.WriteContext);
    }

    public static ClientCall.Query ReadQuery(ref ByteReader reader)
    {
        var (question, timeout, isWeak) = (reader.Value(), ReadTime(ref reader), reader.Flag());
        var consistency = isWeak ? ReadConsistency.NotOlderThan(new Serial(reader.Count()))
            : reader.Flag() ? ReadConsistency.Lease
            : ReadConsistency.Linearizable;
        return new ClientCall.Query(question, timeout, consistency, reader.Flag() ? TraceFormat.ReadContext(ref reader) : null);
    }

    public static void WriteRead(ByteWriter writer, ClientCall.Read read)
    {
        writer.Number(read.After.Value);
        writer.Number(read.Max);
        WriteTime(writer, read.Wait);
    }

    public static ClientCall.Read ReadRead(ref ByteReader reader) =>
        new(new Serial(reader.Count()), (int)Math.Clamp(reader.Count(), 1, int.MaxValue), ReadTime(ref reader));

    public static void WriteChange(ByteWriter writer, ClientCall.Change change)
    {
        WireFormat.WriteGroupChange(writer, change.What);
        WriteTime(writer, change.Timeout);
    }

    public static ClientCall.Change ReadChange(ref ByteReader reader) => new(WireFormat.ReadGroupChange(ref reader), ReadTime(ref reader));

    public static void WriteDescription(ByteWriter writer, ClientReply.Description description)
    {
        writer.Number(description.Clock.ToUnixTimeMilliseconds());
        writer.Text(description.Version);
        writer.List(description.Settings, setting =>
        {
            writer.Text(setting.Key);
            writer.Text(setting.Value);
        });
    }

    public static ClientReply.Description ReadDescription(ref ByteReader reader) => new(
        StatusFormat.ReadTime(ref reader),
        reader.Text(),
        reader.List(SettingSizeMin, static (ref ByteReader each) => (each.Text(), each.Text())));

    public static void WriteTakeSnapshot(ByteWriter writer, ClientCall.TakeSnapshot call) => WriteTime(writer, call.Timeout);

    public static ClientCall.TakeSnapshot ReadTakeSnapshot(ref ByteReader reader) => new(ReadTime(ref reader));

    public static void WriteSnapshotTaken(ByteWriter writer, ClientReply.SnapshotTaken taken)
    {
        EntryFormat.WritePosition(writer, taken.Position);
        writer.Number(taken.Length);
    }

    public static ClientReply.SnapshotTaken ReadSnapshotTaken(ref ByteReader reader) =>
        new(EntryFormat.ReadPosition(ref reader), reader.Count());

    public static void WritePairs(ByteWriter writer, ClientReply.Pairs pairs)
    {
        writer.List(pairs.Found, pair =>
        {
            writer.Number(pair.Serial.Value);
            writer.Text(pair.Key);
            writer.Bytes(pair.Value.Span);
            writer.Number(pair.Time.Milliseconds);
        });
        writer.Number(pairs.Base.Value);
    }

    public static ClientReply.Pairs ReadPairs(ref ByteReader reader) =>
        new(reader.List(PairSizeMin, ReadPair), new Serial(reader.Count()));

    public static void WriteBackup(ByteWriter writer, ClientCall.Backup call)
    {
        EntryFormat.WritePosition(writer, call.Has);
        EntryFormat.WritePosition(writer, call.Snapshot);
        writer.Number(call.Place);
        writer.Number(call.Least.Value);
    }

    public static ClientCall.Backup ReadBackup(ref ByteReader reader) => new(
        EntryFormat.ReadPosition(ref reader), EntryFormat.ReadPosition(ref reader), reader.Count(), new LogIndex(reader.Count()));

    public static void WriteBackupPart(ByteWriter writer, ClientReply.BackupPart part)
    {
        writer.Identity(part.Uid.Value);
        writer.Number(part.End.Value);
        writer.Optional(part.Snapshot, EnvelopeFormat.WriteChunk);
        EntryFormat.WriteEntries(writer, part.Entries);
    }

    public static ClientReply.BackupPart ReadBackupPart(ref ByteReader reader) => new(
        new GroupUid(reader.Identity()),
        new LogIndex(reader.Count()),
        reader.Flag() ? (Message.SnapshotChunk)EnvelopeFormat.ReadChunk(ref reader) : null,
        EntryFormat.ReadEntries(ref reader));

    private static StoredPair ReadPair(ref ByteReader reader) =>
        new(new Serial(reader.Count()), reader.Text(), reader.Value(), EntryFormat.ReadTime(ref reader));

    private static void WriteTime(ByteWriter writer, TimeSpan time) => writer.Number((long)Math.Ceiling(time.TotalMilliseconds));

    // Larger than any call may take. A larger number is damage, and would overflow.
    private static TimeSpan ReadTime(ref ByteReader reader) => TimeSpan.FromMilliseconds(Math.Min(reader.Count(), int.MaxValue));
}
