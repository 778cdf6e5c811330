using System.Collections.Immutable;

using RaftActors.Core;
using RaftActors.Core.Codec;

using static RaftActors.Core.Codec.EntryFormat;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the messages between cores: the envelope, then the body. <see cref="WireTable"/> maps manifests to the functions of the
/// bodies.
/// </summary>
internal static class EnvelopeFormat
{
    public static void Write<T>(ByteWriter writer, Envelope envelope, Action<ByteWriter, T> writeBody)
        where T : Message
    {
        writer.Member(envelope.From);
        writer.Member(envelope.To);
        writer.Identity(envelope.Group.Value);
        writer.Number(envelope.Term.Value);
        writer.Boot(envelope.Boot);
        writeBody(writer, (T)envelope.Body);
    }

    public static Envelope Read<T>(ref ByteReader reader, ByteReader.Read<T> readBody)
        where T : Message
    {
        var (from, to) = (reader.Member(), reader.Member());
        reader.ReadFor(typeof(T) == typeof(Message.AppendEntries) ? to : null);
        var envelope = new Envelope(
            from, to, new GroupUid(reader.Identity()), new Term(reader.Count()), reader.Boot(), readBody(ref reader));
        reader.ReadFor(null);
        return envelope;
    }

    public static Message.Greeting Greeting(ref WireFields f, Message.Greeting? greeting) =>
        new(f.Position(greeting?.Position), new Incarnation(f.Identity(greeting?.Recorded.Value)), f.Flag(greeting?.IsReply))
        {
            FailureDomain = f.Text(greeting?.FailureDomain, CoreOptions.FailureDomainLengthMax),
            Version = new GroupVersion(
                f.Checked(f.Octet(greeting?.Version.Format), static level => level > 0, static _ => "its format level is 0"),
                f.Checked(f.Integer(greeting?.Version.Logic), static logic => logic > 0, static _ => "its logic version is below 1")),
        };

    public static void WriteAppendEntries(ByteWriter writer, Message.AppendEntries append)
    {
        WritePosition(writer, append.Previous);
        WriteEntries(writer, append.Entries);
        writer.Number(append.Commit.Value);
        writer.Number(append.LeaderSerial.Value);
        writer.Number(append.Round);
    }

    public static Message.AppendEntries ReadAppendEntries(ref ByteReader reader) => new(
        ReadPosition(ref reader),
        ReadEntries(ref reader),
        new LogIndex(reader.Count()),
        new Serial(reader.Count()),
        reader.Count());

    public static void WriteAppendEntriesReply(ByteWriter writer, Message.AppendEntriesReply reply)
    {
        writer.Flag(reply.Accepted);
        writer.Number(reply.Match.Value);
        writer.Number(reply.ConflictTerm.Value);
        writer.Flag(reply.IsAdmitted);
        writer.Number(reply.Round);
        writer.Number(reply.Priority);
        writer.Number(reply.Promise);
        writer.Number(reply.Applied.Value);
    }

    public static Message.AppendEntriesReply ReadAppendEntriesReply(ref ByteReader reader) => new(
        reader.Flag(), new LogIndex(reader.Count()), new Term(reader.Count()), reader.Flag(), reader.Count(), reader.Integer())
    {
        Promise = reader.Count(),
        Applied = new Serial(reader.Count()),
    };

    // The place decides whether the chunk holds sessions, keys or bytes of the state.
    public static Message.SnapshotChunk Chunk(ref WireFields f, Message.SnapshotChunk? chunk) =>
        f.Of(chunk!, WriteChunk, ReadChunk); // Justification: it is not null while it is written.

    private static void WriteChunk(ByteWriter writer, Message.SnapshotChunk chunk)
    {
        WriteDescription(writer, chunk.Snapshot);
        writer.Number(chunk.SessionCount);
        writer.Number(chunk.KeyCount);
        writer.Number(chunk.Place);
        writer.Number(chunk.Snapshot.Keys.Forgotten.Value);
        if (chunk.Place < chunk.SessionCount)
        {
            WriteSessions(writer, chunk.Sessions);
        }
        else if (chunk.Place < chunk.SessionCount + chunk.KeyCount)
        {
            WriteKeys(writer, chunk.Keys);
        }
        else
        {
            writer.Bytes(chunk.Data.Span);
        }

        writer.Number(chunk.LeaderSerial.Value);
        writer.Number(chunk.Round);
    }

    private static Message.SnapshotChunk ReadChunk(ref ByteReader reader)
    {
        var snapshot = ReadDescription(ref reader);
        var (sessionCount, keyCount, place) = (reader.Count(), reader.Count(), reader.Count());
        if (sessionCount > Snapshot.MaxOrigins || keyCount > KeyTable.MaxKeys)
        {
            throw reader.Damaged(
                $"it announces {sessionCount} sessions and {keyCount} keys; at most {Snapshot.MaxOrigins} and {KeyTable.MaxKeys} may be");
        }

        snapshot = snapshot with { Keys = new KeyTable(new Serial(reader.Count()), []) };
        var (hasSessions, isState) = (place < sessionCount, place >= sessionCount + keyCount);
        ImmutableArray<SessionState> sessions = hasSessions ? ReadSessions(ref reader) : [];
        ImmutableArray<CommittedKey> keys = hasSessions || isState ? [] : ReadKeys(ref reader);
        var data = isState ? reader.Value() : ReadOnlyMemory<byte>.Empty;
        return new Message.SnapshotChunk(
            snapshot, (int)sessionCount, place, sessions, data, new Serial(reader.Count()), reader.Count())
        {
            KeyCount = (int)keyCount,
            Keys = keys,
        };
    }

    public static Message.Refusal Refusal(ref WireFields f, Message.Refusal? refusal) =>
        new(
            f.Checked((RefusalReason)f.Integer((int?)refusal?.Reason), Enum.IsDefined, static reason => $"{reason} is no reason"),
            f.Serial(refusal?.Serial),
            f.Boot(refusal?.Boot),
            f.Detail(refusal?.Detail))
        {
            Index = f.Index(refusal?.Index),
            Hash = f.Hash(refusal?.Hash),
        };
}
