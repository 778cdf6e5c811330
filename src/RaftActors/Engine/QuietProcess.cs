using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>A quiescent process of this node. Its engine sends it to the registry when the process becomes quiescent.</summary>
/// <param name="Watched">As the leader, the processes that have agreed; otherwise the leader; each with the address of its node.</param>
/// <param name="Interval">The time between two beats, which stand for heartbeats.</param>
/// <param name="SilenceMax">The time of silence after which a node counts as gone.</param>
internal sealed record QuietProcess(
    string Group,
    ProcessName Name,
    IActorRef Engine,
    ProcessName Leader,
    Term Term,
    ImmutableArray<(ProcessName Name, Address Node)> Watched,
    TimeSpan Interval,
    TimeSpan SilenceMax)
{
    public bool Leads => Leader == Name;

    /// <summary>When the registry heard of it, by the scheduler's clock.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>Stands for the group, its leader, its term and one follower, which is this process or the given one.</summary>
    public ulong DigestWith(ProcessName other)
    {
        var follower = Leads ? other : Name;
        return BinaryPrimitives.ReadUInt64LittleEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Term.Value} {Leader.Value} {follower.Value} {Group}")));
    }

    /// <inheritdoc/>
    public bool Equals(QuietProcess? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => Name.GetHashCode();
}
