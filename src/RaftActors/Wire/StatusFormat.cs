using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Discovery;

namespace RaftActors.Wire;

/// <summary>The bytes of a <see cref="RaftStatus"/>. Actors are written as paths with their addresses.</summary>
internal sealed class StatusFormat(ExtendedActorSystem system)
{
    private const int NameSizeMin = 4;
    private const int QuarantinedSizeMin = 3;

    private Address? _own;

    private delegate T ReadKnown<out T>(ref ByteReader reader);

    public void Write(ByteWriter writer, RaftStatus status)
    {
        writer.Text(status.Self.Value);
        writer.Text(status.Group);
        writer.Number(status.Serial.Value);
        writer.Number(status.Committed.Value);
        Optional(writer, status.Quorum, quorum =>
        {
            writer.List(quorum.Members, member => writer.Text(member.Value));
            writer.Flag(quorum.IsMember);
        });
        Optional(writer, status.Leader, leader => Write(writer, leader));
        writer.List([.. status.Peers], peer => Write(writer, peer));
        writer.Octet((byte)status.Role);
        writer.Number(status.Term.Value);
        Optional(writer, status.LedBy?.Value, writer.Text);
        writer.Identity(status.Identity.Value);
        WireFormat.WriteMembers(writer, status.Members);
        writer.Number(status.MembersIndex.Value);
        Optional(writer, status.Fence, writer.Text);
        Optional(writer, status.Decision, writer.Text);
        writer.Flag(status.MaxQuorum is not null);
        if (status.MaxQuorum is { } max)
        {
            writer.Number(max);
        }

        writer.List(status.Quarantined, entity =>
        {
            writer.Text(entity.Id);
            writer.Number(entity.Serial.Value);
            writer.Text(entity.Reason);
        });
    }

    public RaftStatus Read(ref ByteReader reader)
    {
        var status = new RaftStatus(
            reader.Name(),
            reader.Text(),
            new Serial(reader.Count()),
            new Serial(reader.Count()),
            Optional(ref reader, static (ref ByteReader r) =>
                new Quorum(r.List(NameSizeMin, static (ref ByteReader each) => each.Name()), r.Flag())),
            Optional(ref reader, ReadLeader),
            reader.List(NameSizeMin, ReadPeer));
        return status with
        {
            Role = ReadRole(ref reader),
            Term = new Term(reader.Count()),
            LedBy = reader.Flag() ? reader.Name() : null,
            Identity = new GroupUid(reader.Identity()),
            Members = WireFormat.ReadMembers(ref reader),
            MembersIndex = new LogIndex(reader.Count()),
            Fence = Optional(ref reader, static (ref ByteReader r) => r.Text()),
            Decision = Optional(ref reader, static (ref ByteReader r) => r.Text()),
            MaxQuorum = reader.Flag() ? reader.Integer() : null,
            Quarantined = reader.List(
                QuarantinedSizeMin, static (ref ByteReader r) => new QuarantinedEntity(r.Text(), new Serial(r.Count()), r.Text())),
        };
    }

    private void Write(ByteWriter writer, Leader leader)
    {
        writer.Text(leader.Name.Value);
        WriteActor(writer, leader.Actor);
        writer.Number(leader.Term.Value);
        writer.Number(leader.Serial.Value);
        writer.Flag(leader.IsSelf);
        writer.Flag(leader.IsReady);
    }

    private Leader ReadLeader(ref ByteReader reader) => new(
        reader.Name(), ReadActor(ref reader), new Term(reader.Count()), new Serial(reader.Count()), reader.Flag(), reader.Flag());

    private void Write(ByteWriter writer, Peer peer)
    {
        writer.Text(peer.Name.Value);
        WriteActor(writer, peer.Actor);
        writer.Number(peer.Serial.Value);
        writer.Flag(peer.IsReachable);
    }

    private Peer ReadPeer(ref ByteReader reader) => new(
        reader.Name(), ReadActor(ref reader), new Serial(reader.Count()), reader.Flag());

    private void WriteActor(ByteWriter writer, IActorRef? actor) =>
        writer.Text(actor?.Path.ToSerializationFormatWithAddress(_own ??= CustomAddress.OwnOf(system)) ?? "");

    private IActorRef? ReadActor(ref ByteReader reader) => reader.Text() is not { Length: > 0 } path ? null
        : CustomAddress.IsIn(path) ? Raft.Get(system).UserActorAt(path)
        : system.Provider.ActorAt(path);

    private static RaftRole ReadRole(ref ByteReader reader) =>
        (RaftRole)reader.Octet() is var role && Enum.IsDefined(role) ? role : throw reader.Damaged($"{(int)role} is no role");

    private static void Optional<T>(ByteWriter writer, T? value, Action<T> write)
        where T : class
    {
        writer.Flag(value is not null);
        if (value is not null)
        {
            write(value);
        }
    }

    private static T? Optional<T>(ref ByteReader reader, ReadKnown<T> read)
        where T : class => reader.Flag() ? read(ref reader) : null;
}
