using System.Collections.Immutable;
using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the messages between engines and between registries, as far as <see cref="WireTable"/> does not have them. <see
/// cref="EnvelopeFormat"/> has the messages between cores.
/// </summary>
internal static class WireFormat
{
    private const byte Transfer = 1;
    private const byte Join = 2;
    private const byte Leave = 3;
    private const byte SetMaxQuorum = 4;
    private const byte Raise = 5;
    private const int GroupMemberSizeMin = 6;
    private const int IdentitySize = 16;

    // Four texts, and the number, the identity and the hash of a program.
    private const int LocalProcessSizeMin = 4 + 1 + IdentitySize + sizeof(ulong);

    public static WireMessage.Presence Presence(ref WireFields f, WireMessage.Presence? presence) => new(
        Processes(ref f, presence?.Running), Processes(ref f, presence?.Stopped), f.Flag(presence?.IsComplete));

    public static RaftProgram Program(ref WireFields f, RaftProgram? program) =>
        new(f.Integer(program?.LogicVersion), f.Identity(program?.Build), f.Hash(program?.Contracts));

    public static WireMessage.Digest Digest(ref WireFields f, WireMessage.Digest? message)
    {
        var digest = message?.Value;
        return new(
            f.Name(message?.Process),
            f.Boot(message?.Boot),
            f.Count(message?.Life),
            new StateDigest(
                f.Serial(digest?.After),
                f.Serial(digest?.To),
                f.Hash(digest?.Results),
                f.Flag(digest?.State is not null) ? f.Hash(digest?.State) : null,
                f.Integer(digest?.Version)));
    }

    public static WireMessage.NodeBeat Beat(ref WireFields f, WireMessage.NodeBeat? beat)
    {
        var led = ImmutableArray.CreateBuilder<ulong>(WireMessage.NodeBeat.Parts);
        for (var part = 0; part < WireMessage.NodeBeat.Parts; part++)
        {
            led.Add(f.Hash(beat?.Led[part]));
        }

        return new WireMessage.NodeBeat(led.MoveToImmutable())
        {
            Asked = (uint)f.Integer((int?)beat?.Asked),
            ListedOf = (uint)f.Integer((int?)beat?.ListedOf),
            Listed = f.List(beat?.Listed, sizeof(ulong), static (ref f, digest) => f.Hash(digest)),
        };
    }

    public static void WriteAppend(ByteWriter writer, WireMessage.AppendRequest append)
    {
        writer.Request(append.Request);
        writer.Text(append.Key);
        writer.Bytes(append.Value.Span);
        WireFields.WriteTimeout(writer, append.Timeout);
        WriteStart(writer, append);
        WriteConditions(writer, append);
    }

    public static void WriteConditions(ByteWriter writer, IAppendRequest append)
    {
        writer.Optional(append.RequestKey, HashedKey.Write);
        writer.Optional(append.IfSerial, static (to, serial) => to.Number(serial.Value));
        writer.Number(append.Count);
    }

    /// <summary>Reads the conditions of an Append, and how many pairs its value is.</summary>
    public static (HashedKey? RequestKey, Serial? IfSerial, int Count) ReadConditions(
        ref ByteReader reader, string key, ReadOnlyMemory<byte> value)
    {
        HashedKey? requestKey = reader.Flag() ? HashedKey.Read(ref reader) : null;
        Serial? ifSerial = reader.Flag() ? new Serial(reader.Count()) : null;
        var count = reader.Integer();
        if (count != 1)
        {
            _ = key.Length == 0 ? PairBatch.Checked(ref reader, count, value) : throw reader.Damaged("a batch has a key");
        }

        return (requestKey, ifSerial, count);
    }

    /// <summary>Writes whether the request is a retry, and then the serial before its first attempt.</summary>
    public static void WriteStart(ByteWriter writer, IAppendRequest append)
    {
        writer.Flag(append.IsRetry);
        if (append.IsRetry)
        {
            writer.Number(append.Started.Value);
        }
    }

    public static (bool IsRetry, Serial Started) ReadStart(ref ByteReader reader) =>
        reader.Flag() ? (true, new Serial(reader.Count())) : default;

    public static WireMessage.AppendRequest ReadAppend(ref ByteReader reader)
    {
        var (request, key, value) = (reader.Request(), reader.Key(), reader.Value());
        var (timeout, (isRetry, started)) = (WireFields.ReadTimeout(ref reader), ReadStart(ref reader));
        var (requestKey, ifSerial, count) = ReadConditions(ref reader, key, value);
        return new WireMessage.AppendRequest(request, key, value, isRetry, requestKey)
        {
            Started = started,
            IfSerial = ifSerial,
            Count = count,
            Timeout = timeout,
        };
    }

    public static AppendReply AppendReply(ref WireFields f, AppendReply? reply) => new(
        f.Request(reply?.Request),
        f.Flag(reply?.Committed is not null) ? f.Serial(reply?.Committed) : null,
        f.Flag(reply?.Failure is not null) ? Failure(ref f, reply?.Failure) : null);

    public static GetReply GetReply(ref WireFields f, GetReply? reply)
    {
        var (request, isCompacted) = (f.Request(reply?.Request), f.Flag(reply?.IsCompacted));
        return new(request, f.Flag(reply?.Pair is not null) ? Pair(ref f, reply?.Pair) : null, isCompacted);
    }

    private static StoredPair Pair(ref WireFields f, StoredPair? pair) =>
        new(f.Serial(pair?.Serial), f.Key(pair?.Key), f.Value(pair?.Value), f.Time(pair?.Time), IsKeyed: f.Flag(pair?.IsKeyed));

    public static RaftFailure Failure(ref WireFields f, RaftFailure? failure) => f.Checked(
        new RaftFailure(f.Enum(failure?.Kind), f.Enum(failure?.Reason), f.Detail(failure?.Detail)),
        static read => read.IsPossible,
        static read => $"no call ends as {read.Kind} because of {read.Reason}");

    public static ImmutableArray<GroupMember> Members(ref WireFields f, ImmutableArray<GroupMember>? members) => f.List(
        members,
        GroupMemberSizeMin,
        static (ref f, member) => new GroupMember(
            f.Name(member?.Name), f.Flag(member?.IsVoter), f.Flag(member?.NeverVotes))
        {
            Incarnations = f.List(
                member?.Incarnations, IdentitySize, static (ref f, incarnation) => new Incarnation(f.Identity(incarnation.Value))),
        });

    public static GroupChange Change(ref WireFields f, GroupChange? change)
    {
        var (kind, members) = (f.Octet(KindOf(change)), change as GroupChange.Members);
        return kind == Transfer
            ? new GroupChange.Transfer(f.OptionalName((change as GroupChange.Transfer)?.Target))
            : new GroupChange.Members(Change(ref f, kind, members?.What), f.OptionalIndex(members?.BasedOn));
    }

    private static MemberChange Change(ref WireFields f, byte kind, MemberChange? change) => kind switch
    {
        Join when change as MemberChange.Join is var join => new MemberChange.Join(f.Name(join?.Name), f.Flag(join?.Votes)),
        Leave when change as MemberChange.Leave is var leave => new MemberChange.Leave(
            f.Name(leave?.Name), f.Flag(leave?.Incarnation is not null) ? new Incarnation(f.Identity(leave?.Incarnation?.Value)) : null),
        SetMaxQuorum => new MemberChange.SetMaxQuorum(f.Integer((change as MemberChange.SetMaxQuorum)?.Max)),
        Raise when change as MemberChange.Raise is var raise => new MemberChange.Raise(
            f.Flag(raise?.Format is not null) ? f.Octet(raise?.Format) : null, f.OptionalInteger(raise?.Logic)),
        _ => throw f.Damaged($"{kind} is no kind of change"),
    };

    private static byte? KindOf(GroupChange? change) => change switch
    {
        null => null,
        GroupChange.Transfer => Transfer,
        GroupChange.Members { What: MemberChange.Join } => Join,
        GroupChange.Members { What: MemberChange.Leave } => Leave,
        GroupChange.Members { What: MemberChange.SetMaxQuorum } => SetMaxQuorum,
        GroupChange.Members { What: MemberChange.Raise } => Raise,
        _ => throw new UnreachableException(),
    };

    private static ImmutableArray<LocalProcess> Processes(ref WireFields f, ImmutableArray<LocalProcess>? processes) => f.List(
        processes,
        LocalProcessSizeMin,
        static (ref f, process) => new LocalProcess(f.Group(process?.Group), f.Name(process?.Name), f.Path(process?.Engine))
        {
            Actor = f.Path(process?.Actor),
            Program = Program(ref f, process?.Program),
        });
}
