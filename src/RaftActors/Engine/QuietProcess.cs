using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>A quiescent process of this node. Its engine sends it to the registry when the process becomes quiescent.</summary>
/// <param name="Watched">On the leader the processes that have agreed, and elsewhere the leader, each with the address of its node.</param>
/// <param name="Interval">The time between two beats of a node, which replace the heartbeats of its groups.</param>
/// <param name="SilenceMax">The silence after which a node counts as gone.</param>
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

    /// <summary>The time at which the registry got it, on the scheduler's clock.</summary>
    public TimeSpan Since { get; set; }

    /// <summary>A hash of the group, the leader, the term and one follower, which is the other process if this one leads.</summary>
    public ulong DigestWith(ProcessName other)
    {
        var follower = Leads ? other : Name;
        return BinaryPrimitives.ReadUInt64LittleEndian(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{Term.Value} {Leader.Value} {follower.Value} {Group}")));
    }

    public bool Equals(QuietProcess? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Name.GetHashCode();
}
