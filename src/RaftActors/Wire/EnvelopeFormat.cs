using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>The bytes of Core's messages. The body's kind is not among them: the manifest tells it.</summary>
internal static class EnvelopeFormat
{
    private const byte NoOp = 0;
    private const byte Reconfigure = 1;
    private const byte Pair = 2;
    private const byte OwnedPair = 3;
    private const int MemberSizeMin = 17;
    private const int EntrySizeMin = 4;

    public static void Write(WireWriter writer, Envelope envelope)
    {
        writer.Member(envelope.From);
        writer.Member(envelope.To);
        writer.Identity(envelope.Group.Value);
        writer.Number(envelope.Term.Value);
        WriteBody(writer, envelope.Body);
    }

    public static Envelope Read(ref WireReader reader, string manifest) =>
        new(reader.Member(), reader.Member(), new GroupUid(reader.Identity()), new Term(reader.Count()), ReadBody(ref reader, manifest));

    public static string Manifest(Message body) => body switch
    {
        Message.Greeting => "cg",
        Message.RequestVote => "cv",
        Message.RequestVoteReply => "cw",
        Message.AppendEntries => "ca",
        Message.AppendEntriesReply => "cb",
        Message.ComparePrefix => "cp",
        Message.Refusal => "cx",
        _ => throw new ArgumentException($"{body.GetType()} has no manifest.", nameof(body)),
    };

    private static void WriteBody(WireWriter writer, Message body)
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
                break;
            case Message.RequestVoteReply reply:
                writer.Flag(reply.Granted);
                writer.Flag(reply.IsPreVote);
                break;
            case Message.AppendEntries append:
                WritePosition(writer, append.Previous);
                writer.List(append.Entries, entry => WriteEntry(writer, entry));
                writer.Number(append.Commit.Value);
                writer.Number(append.LeaderSerial.Value);
                break;
            case Message.AppendEntriesReply reply:
                writer.Flag(reply.Accepted);
                writer.Number(reply.Match.Value);
                writer.Number(reply.ConflictTerm.Value);
                writer.Flag(reply.IsAdmitted);
                break;
            case Message.ComparePrefix compare:
                writer.Number(compare.Agreed.Value);
                writer.Number(compare.Differs.Value);
                WritePosition(writer, compare.Mine);
                break;
            case Message.Refusal refusal:
                writer.Number((long)refusal.Reason);
                writer.Number(refusal.Serial.Value);
                writer.Text(refusal.Detail);
                break;
        }
    }

    private static Message ReadBody(ref WireReader reader, string manifest) => manifest switch
    {
        "cg" => new Message.Greeting(ReadPosition(ref reader), new Incarnation(reader.Identity()), reader.Flag()),
        "cv" => new Message.RequestVote(ReadPosition(ref reader), reader.Flag()),
        "cw" => new Message.RequestVoteReply(reader.Flag(), reader.Flag()),
        "ca" => new Message.AppendEntries(
            ReadPosition(ref reader), reader.List(EntrySizeMin, ReadEntry), new LogIndex(reader.Count()), new Serial(reader.Count())),
        "cb" => new Message.AppendEntriesReply(reader.Flag(), new LogIndex(reader.Count()), new Term(reader.Count()), reader.Flag()),
        "cp" => new Message.ComparePrefix(new LogIndex(reader.Count()), new LogIndex(reader.Count()), ReadPosition(ref reader)),
        "cx" => new Message.Refusal(ReadReason(ref reader), new Serial(reader.Count()), reader.Text()),
        _ => throw reader.Damaged($"'{manifest}' is no manifest of this version"),
    };

    private static RefusalReason ReadReason(ref WireReader reader) =>
        (RefusalReason)reader.Count() is var reason && Enum.IsDefined(reason) ? reason : throw reader.Damaged($"{reason} is no reason");

    private static void WritePosition(WireWriter writer, LogPosition position)
    {
        writer.Number(position.Index.Value);
        writer.Number(position.Term.Value);
        writer.Number(position.Serial.Value);
        writer.Hash(position.Hash);
    }

    private static LogPosition ReadPosition(ref WireReader reader) =>
        new(new LogIndex(reader.Count()), new Term(reader.Count()), new Serial(reader.Count()), reader.Hash());

    private static void WriteEntry(WireWriter writer, LogEntry entry)
    {
        writer.Number(entry.Index.Value);
        writer.Number(entry.Term.Value);
        writer.Number(entry.Serial.Value);
        switch (entry.Payload)
        {
            case Payload.NoOp:
                writer.Octet(NoOp);
                break;
            case Payload.Reconfigure reconfigure:
                writer.Octet(Reconfigure);
                WriteConfiguration(writer, reconfigure.Configuration);
                break;
            case Payload.Pair pair:
                writer.Octet(pair.Request is null ? Pair : OwnedPair);
                if (pair.Request is { } request)
                {
                    writer.Request(request);
                }

                writer.Text(pair.Key);
                writer.Bytes(pair.Value.Span);
                break;
        }
    }

    private static LogEntry ReadEntry(ref WireReader reader) =>
        new(new LogIndex(reader.Count()), new Term(reader.Count()), new Serial(reader.Count()), ReadPayload(ref reader));

    // The value is copied: the transport may use its buffer again, and a log that holds on to a whole message for one value wastes the
    // rest.
    private static Payload ReadPayload(ref WireReader reader) => reader.Octet() switch
    {
        NoOp => Payload.NoOp.Instance,
        Reconfigure => new Payload.Reconfigure(ReadConfiguration(ref reader)),
        Pair => new Payload.Pair(null, reader.Text(), reader.Bytes().ToArray()),
        OwnedPair => new Payload.Pair(reader.Request(), reader.Text(), reader.Bytes().ToArray()),
        var kind => throw reader.Damaged($"{kind} is no kind of entry"),
    };

    private static void WriteConfiguration(WireWriter writer, Configuration configuration)
    {
        writer.Identity(configuration.Group.Value);
        writer.List(configuration.Voters, writer.Member);
        writer.List(configuration.OldVoters, writer.Member);
        writer.List(configuration.Followers, writer.Member);
        writer.List(configuration.FoundingSerials, founding =>
        {
            writer.Text(founding.Name.Value);
            writer.Number(founding.Serial.Value);
        });
    }

    private static Configuration ReadConfiguration(ref WireReader reader) => new(
        new GroupUid(reader.Identity()),
        ReadMembers(ref reader),
        ReadMembers(ref reader),
        ReadMembers(ref reader),
        reader.List(2, static (ref WireReader r) => new FoundingSerial(r.Name(), new Serial(r.Count()))));

    private static ImmutableArray<Member> ReadMembers(ref WireReader reader) =>
        reader.List(MemberSizeMin, static (ref WireReader r) => r.Member());
}
