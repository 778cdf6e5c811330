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

    public static void WriteGreeting(ByteWriter writer, Message.Greeting greeting)
    {
        WritePosition(writer, greeting.Position);
        writer.Identity(greeting.Recorded.Value);
        writer.Flag(greeting.IsReply);
        writer.Text(greeting.FailureDomain);
        writer.Octet(greeting.Version.Format);
        writer.Number(greeting.Version.Logic);
    }

    public static Message.Greeting ReadGreeting(ref ByteReader reader) =>
        new(ReadPosition(ref reader), new Incarnation(reader.Identity()), reader.Flag())
        {
            FailureDomain = ReadDomain(ref reader),
            Version = new GroupVersion(ReadLevel(ref reader), ReadLogic(ref reader)),
        };

    public static void WriteRequestVote(ByteWriter writer, Message.RequestVote request)
    {
        WritePosition(writer, request.Position);
        writer.Flag(request.IsPreVote);
        writer.Flag(request.IsTransfer);
    }

    public static Message.RequestVote ReadRequestVote(ref ByteReader reader) => new(ReadPosition(ref reader), reader.Flag(), reader.Flag());

    public static void WriteRequestVoteReply(ByteWriter writer, Message.RequestVoteReply reply)
    {
        writer.Flag(reply.Granted);
        writer.Flag(reply.IsPreVote);
        writer.Boot(reply.Asked);
    }

    public static Message.RequestVoteReply ReadRequestVoteReply(ref ByteReader reader) => new(reader.Flag(), reader.Flag(), reader.Boot());

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
    }

    public static Message.AppendEntriesReply ReadAppendEntriesReply(ref ByteReader reader) => new(
        reader.Flag(), new LogIndex(reader.Count()), new Term(reader.Count()), reader.Flag(), reader.Count(), reader.Integer())
    {
        Promise = reader.Count(),
    };

    public static void WriteQuiesce(ByteWriter writer, Message.Quiesce question) => WritePosition(writer, question.Last);

    public static Message.Quiesce ReadQuiesce(ref ByteReader reader) => new(ReadPosition(ref reader));

    public static void WriteQuiesceReply(ByteWriter writer, Message.QuiesceReply reply)
    {
        writer.Number(reply.Last.Value);
        writer.Flag(reply.Agrees);
    }

    public static Message.QuiesceReply ReadQuiesceReply(ref ByteReader reader) => new(new LogIndex(reader.Count()), reader.Flag());

    public static void WriteReadIndex(ByteWriter writer, Message.ReadIndex question)
    {
        writer.Number(question.Id.Value);
        writer.Flag(question.MayUseLease);
    }

    public static Message.ReadIndex ReadReadIndex(ref ByteReader reader) => new(new ReadId(reader.Count()), reader.Flag());

    public static void WriteReadIndexReply(ByteWriter writer, Message.ReadIndexReply reply)
    {
        writer.Number(reply.Id.Value);
        writer.Optional(reply.Index, static (to, index) => to.Number(index.Value));
    }

    public static Message.ReadIndexReply ReadReadIndexReply(ref ByteReader reader) =>
        new(new ReadId(reader.Count()), reader.Flag() ? new LogIndex(reader.Count()) : null);

    // The place decides whether the chunk holds sessions, keys or bytes of the state.
    public static void WriteChunk(ByteWriter writer, Message.SnapshotChunk chunk)
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

    public static Message.SnapshotChunk ReadChunk(ref ByteReader reader)
    {
        var snapshot = ReadDescription(ref reader);
        var (sessionCount, keyCount, place) = (reader.Count(), reader.Count(), reader.Count());
        if (sessionCount > Snapshot.MaxSessions || keyCount > KeyTable.MaxKeys)
        {
            throw reader.Damaged(
                $"it announces {sessionCount} sessions and {keyCount} keys; at most {Snapshot.MaxSessions} and {KeyTable.MaxKeys} may be");
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

    public static void WriteChunkReply(ByteWriter writer, Message.SnapshotChunkReply reply)
    {
        WritePosition(writer, reply.Snapshot);
        writer.Number(reply.NextPlace);
        writer.Number(reply.Round);
        writer.Number(reply.Promise);
    }

    public static Message.SnapshotChunkReply ReadChunkReply(ref ByteReader reader) =>
        new(ReadPosition(ref reader), reader.Count(), reader.Count()) { Promise = reader.Count() };

    public static void WriteComparePrefix(ByteWriter writer, Message.ComparePrefix compare)
    {
        writer.Number(compare.Agreed.Value);
        writer.Number(compare.Differs.Value);
        WritePosition(writer, compare.Mine);
    }

    public static Message.ComparePrefix ReadComparePrefix(ref ByteReader reader) =>
        new(new LogIndex(reader.Count()), new LogIndex(reader.Count()), ReadPosition(ref reader));

    public static void WriteRefusal(ByteWriter writer, Message.Refusal refusal)
    {
        writer.Number((long)refusal.Reason);
        writer.Number(refusal.Serial.Value);
        writer.Boot(refusal.Boot);
        writer.Text(refusal.Detail);
        writer.Number(refusal.Index.Value);
        writer.Hash(refusal.Hash);
    }

    public static Message.Refusal ReadRefusal(ref ByteReader reader) =>
        new(ReadReason(ref reader), new Serial(reader.Count()), reader.Boot(), reader.Text())
        {
            Index = new LogIndex(reader.Count()),
            Hash = reader.Hash(),
        };

    private static string ReadDomain(ref ByteReader reader) =>
        reader.Text() is { Length: <= CoreOptions.FailureDomainLengthMax } domain
            ? domain
            : throw reader.Damaged($"a failure domain has at most {CoreOptions.FailureDomainLengthMax} characters");

    private static byte ReadLevel(ref ByteReader reader) =>
        reader.Octet() is var level and > 0 ? level : throw reader.Damaged("its format level is 0");

    private static int ReadLogic(ref ByteReader reader) =>
        reader.Integer() is var logic and > 0 ? logic : throw reader.Damaged("its logic version is below 1");

    private static RefusalReason ReadReason(ref ByteReader reader) =>
        (RefusalReason)reader.Integer() is var reason && Enum.IsDefined(reason) ? reason : throw reader.Damaged($"{reason} is no reason");
}
