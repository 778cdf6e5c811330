using Akka.Actor;
using Akka.Event;

using RaftActors.Codec;
using RaftActors.Core;
using RaftActors.Telemetry;

namespace RaftActors.Transport;

/// <summary>What all connections of one actor system share.</summary>
/// <param name="Own">The address of the actor system.</param>
/// <param name="Node">Its identity: a restarted system has another.</param>
/// <param name="Registry">Gets <see cref="LaneNews"/>.</param>
internal sealed record LaneContext(
    TransportSettings Settings, Address Own, ulong Node, IActorRef Registry, ILoggingAdapter Log, TransportMetrics Metrics)
{
    /// <summary>Finds the memory for the values in the log of a member of this node.</summary>
    public Func<Member, ValueSlab?>? FindSlab { get; init; }
}
