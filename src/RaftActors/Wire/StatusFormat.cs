using Akka.Actor;

using RaftActors.Core;
using RaftActors.Settings;
using RaftActors.Values;

namespace RaftActors.Wire;

/// <summary>The bytes of a <see cref="RaftStatus"/>. Actors are written as paths with their addresses.</summary>
/// <param name="host">Null: only whether there is an actor is written.</param>
internal sealed class StatusFormat(RaftHost? host)
{
    private Address? _own;

    public RaftStatus Status(ref WireFields f, RaftStatus? status) => new(f.Group(status?.Group), f.Name(status?.Name))
    {
        Actor = Actor(ref f, status?.Actor),
        IsOpen = f.Flag(status?.IsOpen),
        Failure = f.OptionalDetail(status?.Failure),
        Fence = f.OptionalDetail(status?.Fence),
        Refusal = f.OptionalDetail(status?.Refusal),
        Role = f.Enum(status?.Role),
        RoleSince = f.Instant(status?.RoleSince),
        Term = f.Count(status?.Term),
        Leader = f.OptionalName(status?.Leader),
        Delivered = f.Serial(status?.Delivered),
        Committed = f.Serial(status?.Committed),
        Identity = f.Identity(status?.Identity),
        Members = WireFormat.Members(ref f, status?.Members),
        IsRemoved = f.Flag(status?.IsRemoved),
        MembersAt = f.Index(status?.MembersAt),
        MaxQuorum = f.OptionalInteger(status?.MaxQuorum),
        Reachable = f.Names(status?.Reachable),
        NameConflict = f.OptionalDetail(status?.NameConflict),
        IsDiskNearlyFull = f.Flag(status?.IsDiskNearlyFull),
        DownsMembers = f.Flag(status?.DownsMembers),
        Decision = f.OptionalDetail(status?.Decision),
        FormatLevel = f.Flag(status?.FormatLevel is not null) ? f.Octet((byte?)status?.FormatLevel) : null,
        FormatLevelMax = f.Octet((byte?)status?.FormatLevelMax),
        LogicVersion = f.OptionalInteger(status?.LogicVersion),
        Program = WireFormat.Program(ref f, status?.Program),
        ContractConflict = f.OptionalDetail(status?.ContractConflict),
        SyncTime = f.OptionalTicks(status?.SyncTime),
        HeldAt = f.Flag(status?.HeldAt is not null) ? Held(ref f, status?.HeldAt) : null,
        DivergedAt = f.Flag(status?.DivergedAt is not null) ? Divergence(ref f, status?.DivergedAt) : null,
        Placement = f.Names(status?.Placement),
    };

    private static HeldActor Held(ref WireFields f, HeldActor? held) =>
        new(f.Detail(held?.Callback), f.Serial(held?.Serial), f.Detail(held?.Error), f.Instant(held?.Since));

    private static StateDivergence Divergence(ref WireFields f, StateDivergence? divergence) => new(
        new SerialRange(f.Serial(divergence?.Serials.First), f.Serial(divergence?.Serials.Last)),
        f.List(divergence?.Sides, sizeMin: 1, static (ref f, side) => f.Names(side)),
        f.Flag(divergence?.HasMajority))
    {
        Rebuild = f.OptionalDetail(divergence?.Rebuild),
    };

    // Justification: only nodes write the status of a process.
    private IActorRef? Actor(ref WireFields f, IActorRef? actor) =>
        host is null ? f.Flag(actor is not null) ? actor ?? ActorRefs.Nobody : null
        : f.Path(actor?.Path.ToSerializationFormatWithAddress(_own ??= RaftAddress.OwnOf(host.System!))) is { Length: > 0 } path
            ? actor ?? host.ActorAt(path)
            : null;
}
