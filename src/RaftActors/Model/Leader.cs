using System.Text.Json.Serialization;

using Akka.Actor;

namespace RaftActors;

/// <summary>The leader of the quorum, as this process sees it.</summary>
public sealed record Leader
{
    internal Leader(ProcessName name, IActorRef? actor, long term, Serial serial, bool isSelf, bool isReady) =>
        (Name, Actor, Term, Serial, IsSelf, IsReady) = (name, actor, term, serial, isSelf, isReady);

    /// <summary>The leading process.</summary>
    public ProcessName Name { get; }

    /// <summary>
    /// The raft actor of that process. Null until it is known; <see cref="RaftContext{TValue, TResult}.Leader"/> has it as soon as it is.
    /// </summary>
    [JsonIgnore]
    public IActorRef? Actor { get; internal init; }

    /// <summary>The term of its election.</summary>
    public long Term { get; }

    /// <summary>The last serial in the leader's log when it was elected, or when this actor first heard of it.</summary>
    public Serial Serial { get; internal init; }

    /// <summary>True if this process is the leader.</summary>
    public bool IsSelf { get; }

    /// <summary>
    /// True if the leader has committed an entry of its own term (Raft §5.4.2, §8). Only then does it answer queries and accept Join and
    /// Leave. False at first; HandleLeader is called again when it becomes true.
    /// </summary>
    public bool IsReady { get; internal init; }
}
