using System.Text.Json.Serialization;

using Akka.Actor;

namespace RaftActors;

/// <summary>Another process of the group.</summary>
public sealed record Peer
{
    internal Peer(ProcessName name, IActorRef? actor, Serial serial, bool isReachable) =>
        (Name, Actor, Serial, IsReachable) = (name, actor, serial, isReachable);

    /// <summary>The process.</summary>
    public ProcessName Name { get; }

    /// <summary>The raft actor of the process. Null if it has none now, or its engine has not reported one yet.</summary>
    [JsonIgnore]
    public IActorRef? Actor { get; internal init; }

    /// <summary>The last serial in its log when this process met it.</summary>
    public Serial Serial { get; }

    /// <summary>False from the end of its connection, or from its silence, until it is heard again.</summary>
    public bool IsReachable { get; internal init; }
}
