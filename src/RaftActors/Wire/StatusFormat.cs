using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>The bytes of a <see cref="RaftStatus"/>. Actors are written as paths with their addresses.</summary>
internal sealed class StatusFormat(RaftHost host)
{
    private const int NameSizeMin = 4;

    private static readonly long TimeMax = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private Address? _own;

    public void Write(ByteWriter writer, RaftStatus status)
    {
        writer.Text(status.Group);
        writer.Text(status.Name.Value);
        WriteActor(writer, status.Actor);
        writer.Flag(status.IsOpen);
        writer.Optional(status.Failure, static (to, text) => to.Text(text));
        writer.Optional(status.Fence, static (to, text) => to.Text(text));
        writer.Octet((byte)status.Role);
        writer.Number(status.RoleSince.ToUnixTimeMilliseconds());
        writer.Number(status.Term);
        writer.Optional(status.Leader, static (to, leader) => to.Text(leader.Value));
        writer.Number(status.Delivered.Value);
        writer.Number(status.Committed.Value);
        writer.Identity(status.Identity);
        WireFormat.WriteMembers(writer, status.Members);
        writer.Flag(status.IsRemoved);
        writer.Number(status.MembersAt.Value);
        writer.Optional(status.MaxQuorum, static (to, max) => to.Number(max));
        writer.List(status.Reachable, name => writer.Text(name.Value));
        writer.Optional(status.NameConflict, static (to, text) => to.Text(text));
        writer.Flag(status.IsDiskNearlyFull);
        writer.Optional(status.Decision, static (to, text) => to.Text(text));
        writer.Optional(status.FormatLevel, static (to, level) => to.Octet((byte)level));
        writer.Octet((byte)status.FormatLevelMax);
        writer.Optional(status.LogicVersion, static (to, logic) => to.Number(logic));
        WireFormat.WriteProgram(writer, status.Program);
        writer.Optional(status.ContractConflict, static (to, text) => to.Text(text));
        writer.Optional(status.SyncTime, static (to, time) => to.Number(time.Ticks));
        writer.Optional(status.HeldAt, WriteHeld);
        writer.Optional(status.DivergedAt, WriteDivergence);
    }

    public RaftStatus Read(ref ByteReader reader) => new(reader.Text(), reader.Name())
    {
        Actor = ReadActor(ref reader),
        IsOpen = reader.Flag(),
        Failure = ReadOptional(ref reader),
        Fence = ReadOptional(ref reader),
        Role = ReadRole(ref reader),
        RoleSince = ReadTime(ref reader),
        Term = reader.Count(),
        Leader = reader.Flag() ? reader.Name() : null,
        Delivered = new Serial(reader.Count()),
        Committed = new Serial(reader.Count()),
        Identity = reader.Identity(),
        Members = WireFormat.ReadMembers(ref reader),
        IsRemoved = reader.Flag(),
        MembersAt = new LogIndex(reader.Count()),
        MaxQuorum = reader.Flag() ? reader.Integer() : null,
        Reachable = reader.List(NameSizeMin, static (ref ByteReader each) => each.Name()),
        NameConflict = ReadOptional(ref reader),
        IsDiskNearlyFull = reader.Flag(),
        Decision = ReadOptional(ref reader),
        FormatLevel = reader.Flag() ? reader.Octet() : null,
        FormatLevelMax = reader.Octet(),
        LogicVersion = reader.Flag() ? reader.Integer() : null,
        Program = WireFormat.ReadProgram(ref reader),
        ContractConflict = ReadOptional(ref reader),
        SyncTime = reader.Flag() ? new TimeSpan(reader.Count()) : null,
        HeldAt = reader.Flag() ? ReadHeld(ref reader) : null,
        DivergedAt = reader.Flag() ? ReadDivergence(ref reader) : null,
    };

    private static void WriteHeld(ByteWriter writer, HeldActor held)
    {
        writer.Number(held.Serial.Value);
        writer.Flag(held.IsSnapshot);
        writer.Text(held.Error);
        writer.Number(held.Since.ToUnixTimeMilliseconds());
    }

    private static HeldActor ReadHeld(ref ByteReader reader) =>
        new(new Serial(reader.Count()), reader.Flag(), reader.Text(), ReadTime(ref reader));

    private static void WriteDivergence(ByteWriter writer, StateDivergence divergence)
    {
        writer.Number(divergence.Serials.First.Value);
        writer.Number(divergence.Serials.Last.Value);
        writer.List(divergence.Sides, side => writer.List(side, name => writer.Text(name.Value)));
        writer.Flag(divergence.HasMajority);
    }

    private static StateDivergence ReadDivergence(ref ByteReader reader) => new(
        new SerialRange(new Serial(reader.Count()), new Serial(reader.Count())),
        reader.List(1, static (ref ByteReader side) => side.List(NameSizeMin, static (ref ByteReader each) => each.Name())),
        reader.Flag());

    // Justification: only nodes write the status of a process.
    private void WriteActor(ByteWriter writer, IActorRef? actor) =>
        writer.Text(actor?.Path.ToSerializationFormatWithAddress(_own ??= CustomAddress.OwnOf(host.System!)) ?? "");

    private IActorRef? ReadActor(ref ByteReader reader) => reader.Text() is not { Length: > 0 } path ? null
        : host.ActorAt(path);

    public static DateTimeOffset ReadTime(ref ByteReader reader) => reader.Count() is var time && time <= TimeMax
        ? DateTimeOffset.FromUnixTimeMilliseconds(time)
        : throw reader.Damaged($"{time} ms is no time");

    public static RaftRole ReadRole(ref ByteReader reader) =>
        (RaftRole)reader.Octet() is var role && Enum.IsDefined(role) ? role : throw reader.Damaged($"{(int)role} is no role");

    private static string? ReadOptional(ref ByteReader reader) => reader.Flag() ? reader.Text() : null;
}
