using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>The bytes of the calls of clients and of the replies, as far as <see cref="CallTable"/> does not have them.</summary>
internal static class ClientFormat
{
    private const int PairSizeMin = 4;
    private const int SettingSizeMin = 2;
    private const int AddressSizeMin = 2;
    private const int ProcessSizeMin = 6;
    private const int RowSizeMin = 14;
    private const int GroupSizeMin = 1;

    private static readonly StatusFormat Listed = new(host: null);

    private enum ConsistencyKind : byte
    {
        Linearizable,
        Lease,
        NotOlderThan,
        Within,
    }

    public static void WriteAppend(ByteWriter writer, ClientCall.Append append)
    {
        writer.Identity(append.Session.Secret);
        writer.Number(append.Number);
        writer.Text(append.Key);
        writer.Bytes(append.Value.Span);
        WireFields.WriteTimeout(writer, append.Timeout);
        WireFormat.WriteStart(writer, append);
        WireFormat.WriteConditions(writer, append);
        writer.Optional(append.Parent, TraceFormat.WriteContext);
    }

    public static ClientCall.Append ReadAppend(ref ByteReader reader)
    {
        var (session, number, key, value) = (ClientSession.Of(reader.Identity()), reader.Count(), reader.Key(), reader.Value());
        var (timeout, (isRetry, started)) = (WireFields.ReadTimeout(ref reader), WireFormat.ReadStart(ref reader));
        var (requestKey, ifSerial, count) = WireFormat.ReadConditions(ref reader, key, value);
        return new ClientCall.Append(
            session,
            number,
            key,
            value,
            timeout,
            isRetry,
            requestKey,
            reader.Flag() ? TraceFormat.ReadContext(ref reader) : null)
        {
            Started = started,
            IfSerial = ifSerial,
            Count = count,
        };
    }

    public static void WriteQuery(ByteWriter writer, ClientCall.Query query)
    {
        writer.Bytes(query.Question.Span);
        WireFields.WriteTimeout(writer, query.Timeout);
        var consistency = query.Consistency;
        writer.Octet((byte)KindOf(consistency));
        if (consistency.NotBelow is { } serial)
        {
            writer.Number(serial.Value);
        }
        else if (consistency.MaxAge is { } age)
        {
            writer.Number(age.Ticks);
        }

        writer.Optional(query.Parent, TraceFormat.WriteContext);
    }

    public static ClientCall.Query ReadQuery(ref ByteReader reader)
    {
        var (question, timeout, kind) = (reader.Value(), WireFields.ReadTimeout(ref reader), (ConsistencyKind)reader.Octet());
        var consistency = kind switch
        {
            ConsistencyKind.Linearizable => ReadConsistency.Linearizable,
            ConsistencyKind.Lease => ReadConsistency.Lease,
            ConsistencyKind.NotOlderThan => ReadConsistency.NotOlderThan(new Serial(reader.Count())),
            ConsistencyKind.Within when reader.Count() is > 0 and var ticks => ReadConsistency.Within(new TimeSpan(ticks)),
            _ => throw reader.Damaged($"{kind} is no consistency of a read"),
        };
        return new ClientCall.Query(question, timeout, consistency, reader.Flag() ? TraceFormat.ReadContext(ref reader) : null);
    }

    private static ConsistencyKind KindOf(ReadConsistency consistency) => consistency switch
    {
        { NotBelow: not null } => ConsistencyKind.NotOlderThan,
        { MaxAge: not null } => ConsistencyKind.Within,
        { MayUseLease: true } => ConsistencyKind.Lease,
        _ => ConsistencyKind.Linearizable,
    };

    public static ClientReply.Located Located(ref WireFields f, ClientReply.Located? located) => new(
        f.Group(located?.Group),
        f.OptionalName(located?.By),
        f.OptionalName(located?.Leader),
        f.Term(located?.Term),
        Processes(ref f, located?.Processes),
        new GroupUid(f.Identity(located?.Uid.Value)))
    {
        Committed = f.Serial(located?.Committed),
        Idle = Processes(ref f, located?.Idle),
        Others = Addresses(ref f, located?.Others),
        OtherGroups = f.List(located?.OtherGroups, GroupSizeMin, static (ref f, group) => f.Group(group)),
    };

    public static ClientReply.Description Description(ref WireFields f, ClientReply.Description? description) => new(
        f.Instant(description?.Clock),
        f.Detail(description?.Version),
        f.List(description?.Settings, SettingSizeMin, static (ref f, setting) => (f.Detail(setting.Key), f.Detail(setting.Value))));

    public static ClientReply.Pairs Pairs(ref WireFields f, ClientReply.Pairs? pairs) => new(
        f.List(
            pairs?.Found,
            PairSizeMin,
            static (ref f, pair) => new StoredPair(f.Serial(pair.Serial), f.Key(pair.Key), f.Value(pair.Value), f.Time(pair.Time))),
        f.Serial(pairs?.Base));

    public static ClientReply.BackupPart BackupPart(ref WireFields f, ClientReply.BackupPart? part) => new(
        new GroupUid(f.Identity(part?.Uid.Value)),
        f.Index(part?.End),
        f.Flag(part?.Snapshot is not null) ? EnvelopeFormat.Chunk(ref f, part?.Snapshot) : null,
        f.Of(part?.Entries ?? default, EntryFormat.WriteEntries, EntryFormat.ReadEntries));

    public static ProcessPlace Place(ref WireFields f, ProcessPlace? place) => new(f.Group(place?.Group), f.Name(place?.Name));

    public static ClientReply.ProcessList ProcessList(ref WireFields f, ClientReply.ProcessList? list) => new(
        f.Address(list?.Node), Addresses(ref f, list?.Others), f.List(list?.Rows, RowSizeMin, Listed.Status), f.Flag(list?.HasMore));

    private static ImmutableArray<ProcessAddress> Processes(ref WireFields f, ImmutableArray<ProcessAddress>? processes) => f.List(
        processes, ProcessSizeMin, static (ref f, process) => new ProcessAddress(f.Name(process?.Name), f.Address(process?.Node)));

    private static ImmutableArray<Address> Addresses(ref WireFields f, ImmutableArray<Address>? addresses) =>
        f.List(addresses, AddressSizeMin, static (ref f, address) => f.Address(address));
}
