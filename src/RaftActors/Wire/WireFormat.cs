using System.Collections.Immutable;
using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Core.Codec;

namespace RaftActors.Wire;

/// <summary>
/// The bytes of the messages between engines and between registries. <see cref="WireTable"/> maps manifests to these functions, and <see
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
    private const int HelloPartsMax = 1000;
    private const int LocalProcessSizeMin = 4;

    public static void WriteHello(ByteWriter writer, WireMessage.Hello hello)
    {
        writer.Flag(hello.IsReply);
        WriteList(writer, hello.List);
        writer.Number(hello.Place);
        writer.Number(hello.Count);
        WriteProcesses(writer, hello.Processes);
        writer.Optional(hello.Since, static (to, since) => to.Number(since));
        WriteList(writer, hello.Known);
    }

    public static WireMessage.Hello ReadHello(ref ByteReader reader)
    {
        var (isReply, list) = (reader.Flag(), ReadList(ref reader));
        var (place, count) = (reader.Count(), reader.Count());
        if (place >= count || count > HelloPartsMax)
        {
            throw reader.Damaged($"it is part {place} of {count}");
        }

        return new WireMessage.Hello(ReadProcesses(ref reader), isReply, list, (int)place, (int)count)
        {
            Since = reader.Flag() ? reader.Count() : null,
            Known = ReadList(ref reader),
        };
    }

    public static void WriteProcesses(ByteWriter writer, ImmutableArray<LocalProcess> processes) => writer.List(processes, process =>
    {
        writer.Text(process.Group);
        writer.Text(process.Name.Value);
        writer.Text(process.Engine);
    });

    public static ImmutableArray<LocalProcess> ReadProcesses(ref ByteReader reader) => reader.List(LocalProcessSizeMin, ReadLocalProcess);

    public static void WriteActorAt(ByteWriter writer, WireMessage.ActorAt actor)
    {
        writer.Text(actor.Process.Value);
        writer.Text(actor.Path);
        WriteProgram(writer, actor.Program);
    }

    public static WireMessage.ActorAt ReadActorAt(ref ByteReader reader) => new(reader.Name(), reader.Text(), ReadProgram(ref reader));

    public static void WriteProgram(ByteWriter writer, RaftProgram program)
    {
        writer.Number(program.LogicVersion);
        writer.Identity(program.Build);
        writer.Hash(program.Contracts);
    }

    public static RaftProgram ReadProgram(ref ByteReader reader) => new(reader.Integer(), reader.Identity(), reader.Hash());

    public static void WriteDigest(ByteWriter writer, WireMessage.Digest message)
    {
        var digest = message.Value;
        writer.Text(message.Process.Value);
        writer.Boot(message.Boot);
        writer.Number(message.Life);
        writer.Number(digest.After.Value);
        writer.Number(digest.To.Value);
        writer.Hash(digest.Results);
        writer.Optional(digest.State, static (to, state) => to.Hash(state));
        writer.Number(digest.Version);
    }

    public static WireMessage.Digest ReadDigest(ref ByteReader reader) => new(
        reader.Name(),
        reader.Boot(),
        reader.Count(),
        new StateDigest(
            new Serial(reader.Count()),
            new Serial(reader.Count()),
            reader.Hash(),
            reader.Flag() ? reader.Hash() : null,
            reader.Integer()));

    public static void WriteLeaving(ByteWriter writer, WireMessage.Leaving leaving)
    {
        writer.Flag(leaving.IsReply);
        writer.Text(leaving.Process.Value);
    }

    public static WireMessage.Leaving ReadLeaving(ref ByteReader reader)
    {
        var isReply = reader.Flag();
        return new WireMessage.Leaving(reader.Name(), isReply);
    }

    public static void WriteBeat(ByteWriter writer, WireMessage.NodeBeat beat)
    {
        foreach (var part in beat.Led)
        {
            writer.Hash(part);
        }

        writer.Number((int)beat.Asked);
        writer.Number((int)beat.ListedOf);
        writer.List(beat.Listed, writer.Hash);
    }

    public static WireMessage.NodeBeat ReadBeat(ref ByteReader reader)
    {
        var led = ImmutableArray.CreateBuilder<ulong>(WireMessage.NodeBeat.Parts);
        for (var part = 0; part < WireMessage.NodeBeat.Parts; part++)
        {
            led.Add(reader.Hash());
        }

        return new WireMessage.NodeBeat(led.MoveToImmutable())
        {
            Asked = (uint)reader.Integer(),
            ListedOf = (uint)reader.Integer(),
            Listed = reader.List(sizeof(ulong), static (ref ByteReader from) => from.Hash()),
        };
    }

    public static void WriteAppend(ByteWriter writer, WireMessage.AppendRequest append)
    {
        writer.Request(append.Request);
        writer.Text(append.Key);
        writer.Bytes(append.Value.Span);
        writer.Flag(append.IsRetry);
        writer.Optional(append.RequestKey, HashedKey.Write);
    }

    public static WireMessage.AppendRequest ReadAppend(ref ByteReader reader)
    {
        var (request, key, value) = (reader.Request(), reader.Key(), reader.Value());
        return new WireMessage.AppendRequest(request, key, value, reader.Flag(), reader.Flag() ? HashedKey.Read(ref reader) : null);
    }

    public static void WriteCommitted(ByteWriter writer, AppendReply.Committed committed)
    {
        WriteReply(writer, committed);
        writer.Number(committed.Serial.Value);
    }

    public static AppendReply.Committed ReadCommitted(ref ByteReader reader) => new(reader.Request(), new Serial(reader.Count()));

    public static void WriteGet(ByteWriter writer, WireMessage.GetRequest get)
    {
        writer.Request(get.Request);
        writer.Number(get.Serial.Value);
        writer.Number(get.AskerCommit.Value);
    }

    public static WireMessage.GetRequest ReadGet(ref ByteReader reader) =>
        new(reader.Request(), new Serial(reader.Count()), new LogIndex(reader.Count()));

    public static void WriteFound(ByteWriter writer, GetReply.Found found)
    {
        WriteReply(writer, found);
        writer.Number(found.Serial.Value);
        writer.Text(found.Key);
        writer.Bytes(found.Value.Span);
        writer.Number(found.Time.Milliseconds);
        writer.Flag(found.IsKeyed);
    }

    public static GetReply.Found ReadFound(ref ByteReader reader) =>
        new(
            reader.Request(),
            new Serial(reader.Count()),
            reader.Text(),
            reader.Value(),
            EntryFormat.ReadTime(ref reader),
            reader.Flag());

    public static void WriteChange(ByteWriter writer, WireMessage.ChangeRequest change)
    {
        writer.Request(change.Request);
        WriteGroupChange(writer, change.Change);
    }

    public static WireMessage.ChangeRequest ReadChange(ref ByteReader reader) =>
        new(reader.Request(), ReadGroupChange(ref reader));

    /// <summary>Writes a reply that holds only its request.</summary>
    public static void WriteReply(ByteWriter writer, RequestReply reply) => writer.Request(reply.Request);

    /// <summary>Writes a reply that names the place of an entry in the leader's log.</summary>
    public static void WriteReply(ByteWriter writer, RequestReply reply, LogPlace place)
    {
        WriteReply(writer, reply);
        writer.Number(place.Index.Value);
        writer.Number(place.Term.Value);
    }

    public static void WriteCancelled(ByteWriter writer, AppendReply.Cancelled reply)
    {
        WriteReply(writer, reply);
        WriteFailure(writer, reply.Failure);
    }

    public static AppendReply.Cancelled ReadCancelled(ref ByteReader reader) => new(reader.Request(), ReadFailure(ref reader));

    public static void WriteFailure(ByteWriter writer, RaftFailure failure)
    {
        writer.Octet((byte)failure.Kind);
        writer.Octet((byte)failure.Reason);
        writer.Text(failure.Detail);
    }

    public static RaftFailure ReadFailure(ref ByteReader reader) =>
        new RaftFailure(ReadEnum<FailureKind>(ref reader), ReadEnum<FailureReason>(ref reader), reader.Text()) is var failure
        && failure.IsPossible
            ? failure
            : throw reader.Damaged($"no call ends as {failure.Kind} because of {failure.Reason}");

    public static void WriteNotMade(ByteWriter writer, ChangeReply.NotMade reply)
    {
        WriteReply(writer, reply);
        writer.Octet((byte)reply.Reason);
        writer.Text(reply.Detail);
        writer.Flag(reply.IsOver);
    }

    public static ChangeReply.NotMade ReadNotMade(ref ByteReader reader) =>
        new(reader.Request(), ReadEnum<FailureReason>(ref reader), reader.Text(), reader.Flag());

    public static void WriteChanged(ByteWriter writer, ChangeReply.Changed reply)
    {
        WriteReply(writer, reply);
        writer.Number(reply.Index.Value);
        WriteMembers(writer, reply.Members);
    }

    public static ChangeReply.Changed ReadChanged(ref ByteReader reader) =>
        new(reader.Request(), new LogIndex(reader.Count()), ReadMembers(ref reader));

    public static void WriteMembers(ByteWriter writer, ImmutableArray<GroupMember> members) => writer.List(members, member =>
    {
        writer.Text(member.Name.Value);
        writer.Flag(member.IsVoter);
        writer.List(member.Incarnations, incarnation => writer.Identity(incarnation.Value));
    });

    public static ImmutableArray<GroupMember> ReadMembers(ref ByteReader reader) =>
        reader.List(GroupMemberSizeMin, static (ref ByteReader each) => new GroupMember(each.Name(), each.Flag())
        {
            Incarnations = each.List(IdentitySize, static (ref ByteReader one) => new Incarnation(one.Identity())),
        });

    private static T ReadEnum<T>(ref ByteReader reader)
        where T : struct, Enum =>
        (T)Enum.ToObject(typeof(T), reader.Octet()) is var value && Enum.IsDefined(value)
            ? value
            : throw reader.Damaged($"{value} is no {typeof(T).Name} of this version");

    public static LogPlace ReadPlace(ref ByteReader reader) => new(new LogIndex(reader.Count()), new Term(reader.Count()));

    private static void WriteList(ByteWriter writer, ListNumber list)
    {
        writer.Hash(list.Registry);
        writer.Number(list.Number);
    }

    private static ListNumber ReadList(ref ByteReader reader) => new(reader.Hash(), reader.Count());

    private static LocalProcess ReadLocalProcess(ref ByteReader reader) => new(reader.Text(), reader.Name(), reader.Text());

    public static void WriteGroupChange(ByteWriter writer, GroupChange change)
    {
        switch (change)
        {
            case GroupChange.Transfer transfer:
                writer.Octet(Transfer);
                writer.Optional(transfer.Target, static (to, name) => to.Text(name.Value));
                break;
            case GroupChange.Join join:
                writer.Octet(Join);
                writer.Text(join.Name.Value);
                WriteBasedOn(writer, join.BasedOn);
                break;
            case GroupChange.Leave leave:
                writer.Octet(Leave);
                writer.Text(leave.Name.Value);
                WriteBasedOn(writer, leave.BasedOn);
                writer.Optional(leave.Incarnation, static (to, incarnation) => to.Identity(incarnation.Value));
                break;
            case GroupChange.SetMaxQuorum set:
                writer.Octet(SetMaxQuorum);
                writer.Number(set.Max);
                WriteBasedOn(writer, set.BasedOn);
                break;
            case GroupChange.Raise raise:
                writer.Octet(Raise);
                writer.Optional(raise.Format, static (to, level) => to.Octet(level));
                writer.Optional(raise.Logic, static (to, logic) => to.Number(logic));
                WriteBasedOn(writer, raise.BasedOn);
                break;
            default:
                throw new UnreachableException();
        }
    }

    public static GroupChange ReadGroupChange(ref ByteReader reader) => reader.Octet() switch
    {
        Transfer => new GroupChange.Transfer(reader.Flag() ? reader.Name() : null),
        Join => new GroupChange.Join(reader.Name(), ReadBasedOn(ref reader)),
        Leave => new GroupChange.Leave(
            reader.Name(), ReadBasedOn(ref reader), reader.Flag() ? new Incarnation(reader.Identity()) : null),
        SetMaxQuorum => new GroupChange.SetMaxQuorum(reader.Integer(), ReadBasedOn(ref reader)),
        Raise => new GroupChange.Raise(
            reader.Flag() ? reader.Octet() : null, reader.Flag() ? reader.Integer() : null, ReadBasedOn(ref reader)),
        var kind => throw reader.Damaged($"{kind} is no kind of change"),
    };

    private static void WriteBasedOn(ByteWriter writer, LogIndex? basedOn) =>
        writer.Optional(basedOn, static (to, index) => to.Number(index.Value));

    private static LogIndex? ReadBasedOn(ref ByteReader reader) => reader.Flag() ? new LogIndex(reader.Count()) : null;
}
