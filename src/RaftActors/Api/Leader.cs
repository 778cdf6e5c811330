using System.Text.Json.Serialization;

using Akka.Actor;

namespace RaftActors;

/// <summary>The leader of the quorum, as this process sees it.</summary>
/// <param name="Name">The leading process.</param>
/// <param name="Actor">
/// The raft actor of that process. Null until it is known; <see cref="RaftContext{TValue}.Leader"/> has it as soon as it is.
/// </param>
/// <param name="Term">The term of its election.</param>
/// <param name="Serial">The last serial in the leader's log when it was elected, or when this actor first heard of it.</param>
/// <param name="IsSelf">True if this process is the leader.</param>
/// <param name="IsReady">
/// True if the leader has committed an entry of its own term (Raft §5.4.2, §8). Only then does it answer queries and accept Join and
/// Leave. False at first; HandleLeader is called again when it becomes true.
/// </param>
public sealed record Leader(
    ProcessName Name, [property: JsonIgnore] IActorRef? Actor, Term Term, Serial Serial, bool IsSelf, bool IsReady);
