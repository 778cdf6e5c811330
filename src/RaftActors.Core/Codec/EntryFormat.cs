using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace RaftActors.Core.Codec;

/// <summary>
/// Encodes log entries, positions in a log, configurations and the descriptions of snapshots. Log, snapshot files and wire share these
/// bytes, so a change needs a new version of all three formats. Each Read method throws <see cref="InvalidDataException"/> on bytes that
/// its Write method did not write.
/// </summary>
internal static class EntryFormat
{
    private const byte NoOp = 0;
    private const byte Reconfigure = 1;
    private const byte Pair = 2;
    private const byte OwnedPair = 3;
    private const byte KeyedPair = 4;
    private const byte Close = 5;
    private const byte Batch = 6;
    private const byte KeyedBatch = 7;
    private const int EntrySizeMin = 5;
    private const int AnsweredSizeMin = 3;
    private const int KeySizeMin = 18;

    // One number has the maximum, which is at most 11, and the level. So the bytes of level 1 do not show that there are levels.
    private const int LevelUnit = 256;

    // A flag in the same number: the members that never vote follow.
    private const int NonVoterFlag = 32;

    // A flag in the same number: the logic version follows, because it is above 1.
    private const int LogicFlag = 64;

    // A flag in the same number: the era and the mark of a restored log follow. Most configurations have neither.
    private const int EraFlag = 128;

    public static void WritePosition(ByteWriter writer, LogPosition position)
    {
        writer.Number(position.Index.Value);
        writer.Number(position.Term.Value);
        writer.Number(position.Serial.Value);
        writer.Hash(position.Hash);
        writer.Number(position.Time.Milliseconds);
    }

    public static LogPosition ReadPosition(ref ByteReader reader) =>
        new(new LogIndex(reader.Count()), new Term(reader.Count()), new Serial(reader.Count()), reader.Hash(), ReadTime(ref reader));

    public static LogTime ReadTime(ref ByteReader reader) => new LogTime(reader.Count()) is var time && time <= LogTime.Max
        ? time
        : throw reader.Damaged($"{time.Milliseconds} ms are after the year 9999");

    public static void WriteEntries(ByteWriter writer, LogSlice entries)
    {
        writer.Number(entries.Length);
        foreach (ref readonly var entry in entries)
        {
            WriteEntry(writer, entry);
        }
    }

    public static LogSlice ReadEntries(ref ByteReader reader) =>
        reader.List(EntrySizeMin, ReadEntry) is { IsEmpty: false } entries
            ? new LogSlice(ImmutableCollectionsMarshal.AsArray(entries)!) // Justification: a list of items has an array.
            : default;

    /// <summary>Writes the description of a snapshot, its sessions and its request keys.</summary>
    public static void WriteSnapshot(ByteWriter writer, Snapshot snapshot)
    {
        WriteDescription(writer, snapshot);
        WriteSessions(writer, snapshot.Sessions);
        writer.Number(snapshot.Keys.Forgotten.Value);
        WriteKeys(writer, snapshot.Keys.Keys);
    }

    /// <summary>Reads the description of a snapshot, its sessions and its request keys.</summary>
    public static Snapshot ReadSnapshot(ref ByteReader reader) => ReadDescription(ref reader) with
    {
        Sessions = ReadSessions(ref reader),
        Keys = new KeyTable(new Serial(reader.Count()), ReadKeys(ref reader)),
    };

    /// <summary>Writes position, configuration and length of a snapshot, without its sessions and keys.</summary>
    public static void WriteDescription(ByteWriter writer, Snapshot snapshot)
    {
        WritePosition(writer, snapshot.Position);
        writer.Number(snapshot.ConfigurationIndex.Value);
        WriteConfiguration(writer, snapshot.Configuration);
        writer.Number(snapshot.Length);
        writer.Number(snapshot.ForgottenOrigins.Value);
    }

    /// <summary>Reads the description of a snapshot. Its sessions and keys are empty.</summary>
    public static Snapshot ReadDescription(ref ByteReader reader) => new(
        ReadPosition(ref reader),
        new LogIndex(reader.Count()),
        ReadConfiguration(ref reader),
        [],
        reader.Count())
    {
        ForgottenOrigins = new Serial(reader.Count()),
    };

    public static void WriteSessions(ByteWriter writer, ImmutableArray<SessionState> sessions) => writer.List(sessions, session =>
    {
        writer.Member(session.Origin);
        writer.Number(session.Forgotten);
        writer.Number(session.Latest.Value);

        // Requests are often consecutive. A difference to the request before takes 3 bytes, the request itself about 12.
        var before = new AnsweredRequest(session.Forgotten, default, default);
        writer.List(session.Answered, answered =>
        {
            writer.Difference(answered.Number - before.Number);
            writer.Difference(answered.Index.Value - before.Index.Value);
            writer.Difference(answered.Serial.Value - before.Serial.Value);
            before = answered;
        });
    });

    /// <summary>Reads sessions, at most <see cref="Snapshot.MaxOrigins"/> with <see cref="Snapshot.MaxRequests"/> requests.</summary>
    public static ImmutableArray<SessionState> ReadSessions(ref ByteReader reader)
    {
        var sessions = reader.List(reader.MemberSizeMin + 3, ReadSession);
        var requests = SessionState.RequestsOf(sessions);
        return sessions.Length <= Snapshot.MaxOrigins && requests <= Snapshot.MaxRequests
            ? sessions
            : throw reader.Damaged($"there are {sessions.Length} sessions with {requests} requests");
    }

    /// <summary>Writes request keys in the order of their commits.</summary>
    public static void WriteKeys(ByteWriter writer, ImmutableArray<CommittedKey> keys)
    {
        // The pairs are often consecutive. Then a key takes 18 bytes.
        var before = default(CommittedKey);
        writer.List(keys, key =>
        {
            writer.RequestKey(key.Key);
            writer.Difference(key.Index.Value - before.Index.Value);
            writer.Difference(key.Serial.Value - before.Serial.Value);
            before = key;
        });
    }

    /// <summary>Reads request keys, at most <see cref="KeyTable.MaxKeys"/>.</summary>
    public static ImmutableArray<CommittedKey> ReadKeys(ref ByteReader reader)
    {
        var before = default(CommittedKey);
        var keys = reader.List(KeySizeMin, (ref ByteReader r) => before = ReadKey(ref r, before));
        return keys.Length <= KeyTable.MaxKeys ? keys : throw reader.Damaged($"there are {keys.Length} request keys");
    }

    private static CommittedKey ReadKey(ref ByteReader reader, CommittedKey before)
    {
        var key = new CommittedKey(
            reader.RequestKey(),
            new LogIndex(reader.CountFrom(before.Index.Value)),
            new Serial(reader.CountFrom(before.Serial.Value)));
        return key.Index > before.Index && key.Serial > before.Serial
            ? key
            : throw reader.Damaged($"the request key of serial {key.Serial} comes after that of serial {before.Serial}");
    }

    private static SessionState ReadSession(ref ByteReader reader)
    {
        var (origin, forgotten, latest) = (reader.Member(), reader.Count(), new Serial(reader.Count()));
        var before = new AnsweredRequest(forgotten, default, default);
        var answered = reader.List(AnsweredSizeMin, (ref ByteReader r) => before = ReadAnswered(ref r, before));
        return answered.Length <= SessionState.MaxAnswered
            ? new SessionState(origin, forgotten, latest, answered)
            : throw reader.Damaged($"a session has {answered.Length} requests");
    }

    private static AnsweredRequest ReadAnswered(ref ByteReader reader, AnsweredRequest before)
    {
        var number = reader.CountFrom(before.Number);
        return number > before.Number
            ? new(number, new LogIndex(reader.CountFrom(before.Index.Value)), new Serial(reader.CountFrom(before.Serial.Value)))
            : throw reader.Damaged($"request {number} comes after {before.Number}");
    }

    private static void WriteEntry(ByteWriter writer, in LogEntry entry)
    {
        writer.Number(entry.Index.Value);
        writer.Number(entry.Term.Value);
        writer.Number(entry.Serial.Value);
        WritePayload(writer, entry);
    }

    /// <summary>
    /// Writes all of an entry but its index, term and serial, which the log has in the header of a record: the time and the kind, then the
    /// configuration, the closed origins, or the pair as far as it has a request and a request key. A batch has its number of pairs in
    /// place of the key.
    /// </summary>
    public static void WritePayload(ByteWriter writer, in LogEntry entry)
    {
        writer.Number(entry.Time.Milliseconds);
        if (entry.Key is { } key)
        {
            writer.Octet(
                entry.Count > 1 ? (entry.RequestKey is not null ? KeyedBatch : Batch)
                : entry.RequestKey is not null ? KeyedPair
                : entry.Request is null ? Pair : OwnedPair);
            if (entry.Request is { } request)
            {
                writer.Request(request);
            }

            if (entry.RequestKey is { } requestKey)
            {
                writer.RequestKey(requestKey);
            }

            if (entry.Count > 1)
            {
                writer.Number(entry.Count);
            }
            else
            {
                writer.Text(key);
            }

            writer.Bytes(entry.Value.Span);
        }
        else if (entry.Configuration is { } configuration)
        {
            writer.Octet(Reconfigure);
            WriteConfiguration(writer, configuration);
        }
        else if (entry.Close is { } close)
        {
            writer.Octet(Close);
            writer.List(close.Last, writer.Request);
        }
        else
        {
            writer.Octet(NoOp);
        }
    }

    private static LogEntry ReadEntry(ref ByteReader reader) =>
        ReadPayload(ref reader, new LogIndex(reader.Count()), new Term(reader.Count()), new Serial(reader.Count()));

    /// <summary>Reads an entry whose index, term and serial are known.</summary>
    public static LogEntry ReadPayload(ref ByteReader reader, LogIndex index, Term term, Serial serial)
    {
        var time = ReadTime(ref reader);
        return reader.Octet() switch
        {
            NoOp => new LogEntry(index, term, serial, Payload.NoOp.Instance) { Time = time },
            Reconfigure => new LogEntry(index, term, serial, new Payload.Reconfigure(ReadConfiguration(ref reader))) { Time = time },
            Pair => new LogEntry(index, term, serial, null, reader.Key(), reader.Value()) { Time = time },
            OwnedPair => new LogEntry(index, term, serial, reader.Request(), reader.Key(), reader.Value()) { Time = time },
            KeyedPair => new LogEntry(index, term, serial, ReadKeyedPair(ref reader)) { Time = time },
            Close => new LogEntry(index, term, serial, ReadClose(ref reader)) { Time = time },
            Batch => new LogEntry(index, term, serial, ReadBatch(ref reader, isKeyed: false)) { Time = time },
            KeyedBatch => new LogEntry(index, term, serial, ReadBatch(ref reader, isKeyed: true)) { Time = time },
            var kind => throw reader.Damaged($"{kind} is no kind of entry"),
        };
    }

    private static Payload.Close ReadClose(ref ByteReader reader)
    {
        var last = reader.List(reader.RequestSizeMin, static (ref ByteReader r) => r.Request());
        return last.Length <= Payload.Close.Max ? new(last) : throw reader.Damaged($"an entry closes {last.Length} origins");
    }

    private static Payload.Pair ReadBatch(ref ByteReader reader, bool isKeyed)
    {
        var request = reader.Request();
        RequestKeyHash? requestKey = isKeyed ? reader.RequestKey() : null;
        var count = reader.Integer();
        var value = PairBatch.Checked(ref reader, count, reader.Value());
        return requestKey is { } key
            ? new Payload.KeyedPair(key, request, "", value) { Count = count }
            : new Payload.Pair(request, "", value) { Count = count };
    }

    private static Payload.KeyedPair ReadKeyedPair(ref ByteReader reader)
    {
        var (request, requestKey) = (reader.Request(), reader.RequestKey());
        return new Payload.KeyedPair(requestKey, request, reader.Key(), reader.Value());
    }

    /// <summary>
    /// Writes group uuid, quorum size, its maximum with the format level, voters, old voters, learners, founding serials, and the era if
    /// there is one, the logic version if it is above 1, and the members that never vote.
    /// </summary>
    /// <exception cref="ArgumentException">The configuration has a level above that of the bytes.</exception>
    public static void WriteConfiguration(ByteWriter writer, Configuration configuration)
    {
        var hasEra = configuration.Era > 0 || configuration.IsRestored;
        var (level, logic) = configuration.Version;
        writer.DemandLevel(level);
        writer.Identity(configuration.Group.Value);
        writer.Number(configuration.Size);
        writer.Number(configuration.MaxQuorum + (hasEra ? EraFlag : 0) + (logic > 1 ? LogicFlag : 0)
            + (configuration.NonVoters.IsEmpty ? 0 : NonVoterFlag) + (LevelUnit * (level - 1)));
        writer.List(configuration.Voters, writer.Member);
        writer.List(configuration.OldVoters, writer.Member);
        writer.List(configuration.Learners, writer.Member);
        writer.List(configuration.FoundingSerials, founding =>
        {
            writer.Text(founding.Name.Value);
            writer.Number(founding.Serial.Value);
        });
        if (hasEra)
        {
            writer.Number(configuration.Era);
            writer.Flag(configuration.IsRestored);
        }

        if (logic > 1)
        {
            writer.Number(logic);
        }

        if (!configuration.NonVoters.IsEmpty)
        {
            writer.List(configuration.NonVoters, name => writer.Text(name.Value));
        }
    }

    public static Configuration ReadConfiguration(ref ByteReader reader)
    {
        var (group, size, maxAndLevel) = (new GroupUid(reader.Identity()), reader.Integer(), reader.Count());
        var (max, level) = ((int)(maxAndLevel % NonVoterFlag), (maxAndLevel / LevelUnit) + 1);
        var (hasEra, hasLogic) = (maxAndLevel % LevelUnit >= EraFlag, maxAndLevel % EraFlag >= LogicFlag);
        var hasNonVoters = maxAndLevel % LogicFlag >= NonVoterFlag;
        if (level > FormatRange.Own.Highest)
        {
            throw reader.Damaged($"a configuration has format level {level}, and this program knows {FormatRange.Own}");
        }

        if (size < 0 || !QuorumSize.IsMaximum(max))
        {
            throw reader.Damaged($"a configuration of level {level} has a quorum of {size} and at most {max}");
        }

        var configuration = new Configuration(
            group,
            size,
            ReadMembers(ref reader),
            ReadMembers(ref reader),
            ReadMembers(ref reader),
            reader.List(2, static (ref ByteReader r) => new FoundingSerial(r.Name(), new Serial(r.Count()))))
        {
            MaxQuorum = max,
        };
        configuration = hasEra ? configuration with { Era = reader.Count(), IsRestored = reader.Flag() } : configuration;
        configuration = configuration with { Version = new GroupVersion((byte)level, hasLogic ? ReadLogic(ref reader) : 1) };
        return hasNonVoters ? configuration with { NonVoters = ReadNonVoters(ref reader, configuration) } : configuration;
    }

    private static int ReadLogic(ref ByteReader reader) =>
        reader.Integer() is > 1 and var logic ? logic : throw reader.Damaged("a configuration has a logic version below 2");

    private static ImmutableArray<ProcessName> ReadNonVoters(ref ByteReader reader, Configuration configuration)
    {
        var names = reader.List(1, static (ref ByteReader r) => r.Name());
        return configuration.Learners.Select(learner => learner.Name).Except(configuration.Electorate().Select(voter => voter.Name))
            .Intersect(names).Count() == names.Length && names.Length > 0
            ? names
            : throw reader.Damaged("a configuration has members that never vote and are no learners");
    }

    private static ImmutableArray<Member> ReadMembers(ref ByteReader reader) =>
        reader.List(reader.MemberSizeMin, static (ref ByteReader r) => r.Member());
}
