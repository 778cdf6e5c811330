using System.Text.Json.Serialization;

using Akka.Actor;

namespace RaftActors;

/// <summary>Another process of the group.</summary>
/// <param name="Name">The process.</param>
/// <param name="Actor">The raft actor of the process. Null if it has none now, or its engine has not reported one yet.</param>
/// <param name="Serial">The last serial in its log when this process met it.</param>
/// <param name="IsReachable">False from the end of its connection, or from its silence, until it is heard again.</param>
public sealed record Peer(ProcessName Name, [property: JsonIgnore] IActorRef? Actor, Serial Serial, bool IsReachable);
