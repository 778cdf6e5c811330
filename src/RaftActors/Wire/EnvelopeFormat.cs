using System.Diagnostics;

using RaftActors.Codec;
using RaftActors.Core;

using static RaftActors.Codec.EntryFormat;

namespace RaftActors.Wire;

/// <summary>The bytes of Core's messages. The body's kind is not among them: the manifest tells it.</summary>
internal static class EnvelopeFormat
{
    public static void Write(ByteWriter writer, Envelope envelope)
    {
        writer.Member(envelope.From);
        writer.Member(envelope.To);
        writer.Identity(envelope.Group.Value);
        writer.Number(envelope.Term.Value);
        writer.Boot(envelope.Boot);
        WriteBody(writer, envelope.Body);
    }

    public static Envelope Read(ref ByteReader reader, string manifest) => new(
        reader.Member(),
        reader.Member(),
        new GroupUid(reader.Identity()),
        new Term(reader.Count()),
        reader.Boot(),
        ReadBody(ref reader, manifest));

    public static string Manifest(Message body) => body switch
    {
        Message.Greeting => "cg",
        Message.RequestVote => "cv",
        Message.RequestVoteReply => "cw",
        Message.AppendEntries => "ca",
        Message.AppendEntriesReply => "cb",
        Message.TimeoutNow => "ct",
        Message.ReadIndex => "ci",
        Message.ReadIndexReply => "cj",
        Message.SnapshotChunk => "cs",
        Message.SnapshotChunkReply => "cu",
        Message.ComparePrefix => "cp",
        Message.Refusal => "cx",
        _ => throw new UnreachableException(),
    };

    private static void WriteBody(ByteWriter writer, Message body)
    {
        switch (body)
        {
            case Message.Greeting greeting:
                WritePosition(writer, greeting.Position);
                writer.Identity(greeting.Recorded.Value);
                writer.Flag(greeting.IsReply);
                break;
            case Message.RequestVote request:
                WritePosition(writer, request.Position);
                writer.Flag(request.IsPreVote);
                writer.Flag(request.IsTransfer);
                break;
            case Message.RequestVoteReply reply:
                writer.Flag(reply.Granted);
                writer.Flag(reply.IsPreVote);
                break;
            case Message.AppendEntries append:
                WritePosition(writer, append.Previous);
                WriteEntries(writer, append.Entries);
                writer.Number(append.Commit.Value);
                writer.Number(append.LeaderSerial.Value);
                writer.Number(append.Round);
                break;
            case Message.AppendEntriesReply reply:
                writer.Flag(reply.Accepted);
                writer.Number(reply.Match.Value);
                writer.Number(reply.ConflictTerm.Value);
                writer.Flag(reply.IsAdmitted);
                writer.Number(reply.Round);
                writer.Number(reply.Priority);
                break;
            case Message.TimeoutNow:
                break;
            case Message.ReadIndex question:
                writer.Number(question.Id.Value);
                break;
            case Message.ReadIndexReply reply:
                writer.Number(reply.Id.Value);
                WriteIndex(writer, reply.Index);
                break;
            case Message.SnapshotChunk chunk:
                WriteChunk(writer, chunk);
                break;
            case Message.SnapshotChunkReply reply:
                WritePosition(writer, reply.Snapshot);
                writer.Number(reply.NextPlace);
                writer.Number(reply.Round);
                break;
            default:
                WriteQuarrel(writer, body);
                break;
        }
    }

    // The place tells what the piece holds, if anything.
    private static void WriteChunk(ByteWriter writer, Message.SnapshotChunk chunk)
    {
        WriteDescription(writer, chunk.Snapshot);
        writer.Number(chunk.SessionCount);
        writer.Number(chunk.Place);
        if (chunk.Place < chunk.SessionCount)
        {
            WriteSessions(writer, chunk.Sessions);
        }
        else
        {
            writer.Bytes(chunk.Data.Span);
        }

        writer.Number(chunk.LeaderSerial.Value);
        writer.Number(chunk.Round);
    }

    private static void WriteQuarrel(ByteWriter writer, Message body)
    {
        switch (body)
        {
            case Message.ComparePrefix compare:
                writer.Number(compare.Agreed.Value);
                writer.Number(compare.Differs.Value);
                WritePosition(writer, compare.Mine);
                break;
            case Message.Refusal refusal:
                writer.Number((long)refusal.Reason);
                writer.Number(refusal.Serial.Value);
                writer.Boot(refusal.Boot);
                writer.Text(refusal.Detail);
                writer.Number(refusal.Index.Value);
                writer.Hash(refusal.Hash);
                break;
            default:
                throw new UnreachableException();
        }
    }

    private static Message ReadBody(ref ByteReader reader, string manifest) => manifest switch
    {
        "cg" => new Message.Greeting(ReadPosition(ref reader), new Incarnation(reader.Identity()), reader.Flag()),
        "cv" => new Message.RequestVote(ReadPosition(ref reader), reader.Flag(), reader.Flag()),
        "cw" => new Message.RequestVoteReply(reader.Flag(), reader.Flag()),
        "ca" => new Message.AppendEntries(
            ReadPosition(ref reader),
            ReadEntries(ref reader),
            new LogIndex(reader.Count()),
            new Serial(reader.Count()),
            reader.Count()),
        "cb" => new Message.AppendEntriesReply(
            reader.Flag(), new LogIndex(reader.Count()), new Term(reader.Count()), reader.Flag(), reader.Count(), reader.Integer()),
        "ct" => Message.TimeoutNow.Instance,
        "ci" => new Message.ReadIndex(new ReadId(reader.Count())),
        "cj" => new Message.ReadIndexReply(new ReadId(reader.Count()), ReadIndex(ref reader)),
        "cs" => ReadChunk(ref reader),
        "cu" => new Message.SnapshotChunkReply(ReadPosition(ref reader), reader.Count(), reader.Count()),
        "cp" => new Message.ComparePrefix(new LogIndex(reader.Count()), new LogIndex(reader.Count()), ReadPosition(ref reader)),
        "cx" => ReadRefusal(ref reader),
        _ => throw reader.Damaged($"'{manifest}' is no manifest of this version"),
    };

    private static Message.SnapshotChunk ReadChunk(ref ByteReader reader)
    {
        var (snapshot, sessionCount, place) = (ReadDescription(ref reader), reader.Count(), reader.Count());
        if (sessionCount > Snapshot.MaxSessions)
        {
            throw reader.Damaged($"{sessionCount} sessions are announced");
        }

        var hasSessions = place < sessionCount;
        return new Message.SnapshotChunk(
            snapshot,
            (int)sessionCount,
            place,
            hasSessions ? ReadSessions(ref reader) : [],
            hasSessions ? [] : reader.Bytes().ToArray(),
            new Serial(reader.Count()),
            reader.Count());
    }

    private static Message.Refusal ReadRefusal(ref ByteReader reader) =>
        new(ReadReason(ref reader), new Serial(reader.Count()), reader.Boot(), reader.Text())
        {
            Index = new LogIndex(reader.Count()),
            Hash = reader.Hash(),
        };

    private static RefusalReason ReadReason(ref ByteReader reader) =>
        (RefusalReason)reader.Integer() is var reason && Enum.IsDefined(reason) ? reason : throw reader.Damaged($"{reason} is no reason");

    private static void WriteIndex(ByteWriter writer, LogIndex? index)
    {
        writer.Flag(index is not null);
        if (index is { } known)
        {
            writer.Number(known.Value);
        }
    }

    private static LogIndex? ReadIndex(ref ByteReader reader) => reader.Flag() ? new LogIndex(reader.Count()) : null;
}
