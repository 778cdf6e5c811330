using System.Collections.Immutable;

using RaftActors.Core;

namespace RaftActors.Wire;

/// <summary>The bytes of log entries, of places in a log, and of what stands for a log's beginning.</summary>
internal static class EntryFormat
{
    private const byte NoOp = 0;
    private const byte Reconfigure = 1;
    private const byte Pair = 2;
    private const byte OwnedPair = 3;
    private const int MemberSizeMin = 17;
    private const int EntrySizeMin = 4;
    private const int SessionSizeMin = MemberSizeMin + 2;
    private const int AnsweredSizeMin = 3;

    public static void WritePosition(WireWriter writer, LogPosition position)
    {
        writer.Number(position.Index.Value);
        writer.Number(position.Term.Value);
        writer.Number(position.Serial.Value);
        writer.Hash(position.Hash);
    }

    public static LogPosition ReadPosition(ref WireReader reader) =>
        new(new LogIndex(reader.Count()), new Term(reader.Count()), new Serial(reader.Count()), reader.Hash());

    public static void WriteEntries(WireWriter writer, LogSlice entries)
    {
        writer.Number(entries.Length);
        foreach (var entry in entries)
        {
            WriteEntry(writer, entry);
        }
    }

    public static LogSlice ReadEntries(ref WireReader reader) => new(reader.List(EntrySizeMin, ReadEntry).AsMemory());

    public static void WriteSnapshot(WireWriter writer, Snapshot snapshot)
    {
        WritePosition(writer, snapshot.Position);
        writer.Number(snapshot.ConfigurationIndex.Value);
        WriteConfiguration(writer, snapshot.Configuration);
        writer.List(snapshot.Sessions, session =>
        {
            writer.Member(session.Origin);
            writer.Number(session.Forgotten);
            writer.List(session.Answered, answered =>
            {
                writer.Number(answered.Number);
                writer.Number(answered.Index.Value);
                writer.Number(answered.Serial.Value);
            });
        });
        writer.Number(snapshot.Length);
    }

    public static Snapshot ReadSnapshot(ref WireReader reader) => new(
        ReadPosition(ref reader),
        new LogIndex(reader.Count()),
        ReadConfiguration(ref reader),
        reader.List(SessionSizeMin, ReadSession),
        reader.Count());

    private static SessionState ReadSession(ref WireReader reader) =>
        new(reader.Member(), reader.Count(), reader.List(AnsweredSizeMin, ReadAnswered));

    private static AnsweredRequest ReadAnswered(ref WireReader reader) =>
        new(reader.Count(), new LogIndex(reader.Count()), new Serial(reader.Count()));

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
        writer.Number(configuration.Size);
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
        reader.Integer(),
        ReadMembers(ref reader),
        ReadMembers(ref reader),
        ReadMembers(ref reader),
        reader.List(2, static (ref WireReader r) => new FoundingSerial(r.Name(), new Serial(r.Count()))));

    private static ImmutableArray<Member> ReadMembers(ref WireReader reader) =>
        reader.List(MemberSizeMin, static (ref WireReader r) => r.Member());
}
