using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>What discovery tells an engine about another process of its group. Hints: nothing depends on their truth. Closed.</summary>
internal abstract record PeerNews(ProcessName Name)
{
    /// <summary>It lives there, and can be reached.</summary>
    public sealed record Found(ProcessName Name, long Number, IActorRef Engine) : PeerNews(Name);

    /// <summary>The node that it was at answers again.</summary>
    public sealed record Reachable(ProcessName Name, Address Node) : PeerNews(Name);

    /// <summary>The node that it was at is silent, gone, or closed the connection. It may have started again elsewhere since.</summary>
    public sealed record Unreachable(ProcessName Name, Address Node) : PeerNews(Name);
}
