using Akka.Actor;

namespace RaftActors.Engine;

/// <summary>A message of discovery to an engine, about another process of its group. A hint: it may be wrong. Closed.</summary>
internal abstract record PeerNews(ProcessName Name)
{
    /// <summary>The process runs, and its node is reachable. Comes again when the process has another actor.</summary>
    /// <param name="Actor">The path of its raft actor, with address. Empty if it has none now.</param>
    public sealed record Found(ProcessName Name, IActorRef Engine, string Actor, RaftProgram Program) : PeerNews(Name);

    /// <summary>
    /// The connection to the node of the process has ended, or the one from it. The process may have restarted on another node.
    /// </summary>
    public sealed record Unreachable(ProcessName Name, Address Node) : PeerNews(Name);

    /// <summary>The engine of the process has stopped for good, while its node runs on. Another one may have that name by now.</summary>
    public sealed record Stopped(ProcessName Name, IActorRef Engine) : PeerNews(Name);

    /// <summary>
    /// The node of a process is silent. Goes to a process that depends on it and is quiescent, or has not heard its leader since it woke.
    /// </summary>
    public sealed record Silent(ProcessName Name) : PeerNews(Name);

    /// <summary>Goes to a quiescent process whose leader is not quiescent, or leads no more.</summary>
    public sealed record LeadsNoMore(ProcessName Name) : PeerNews(Name);
}
