using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>A message of discovery to an engine, about another process of its group. A hint: it may be wrong. Closed.</summary>
internal abstract record PeerNews(ProcessName Name)
{
    /// <summary>The process has this engine, which is reachable.</summary>
    public sealed record Found(ProcessName Name, IActorRef Engine) : PeerNews(Name);

    /// <summary>The node of the process answers again.</summary>
    public sealed record Reachable(ProcessName Name, Address Node) : PeerNews(Name);

    /// <summary>
    /// The node of the process is silent, gone, or closed the connection. The process may have restarted on another node.
    /// </summary>
    public sealed record Unreachable(ProcessName Name, Address Node) : PeerNews(Name);

    /// <summary>The engine of the process has stopped, while its node runs on. Says nothing of another engine of that name.</summary>
    public sealed record Stopped(ProcessName Name, IActorRef Engine) : PeerNews(Name);

    /// <summary>A connection to the node of the process was too full for an announcement of an actor, perhaps of this process's.</summary>
    public sealed record ActorLost(ProcessName Name) : PeerNews(Name);

    /// <summary>
    /// To a process that is quiescent, or woke and has not heard its leader since: the node of a process on which it depends is silent.
    /// </summary>
    public sealed record Silent(ProcessName Name) : PeerNews(Name);

    /// <summary>To a quiescent process: its leader is not quiescent, or does not lead any more.</summary>
    public sealed record LeadsNoMore(ProcessName Name) : PeerNews(Name);
}
