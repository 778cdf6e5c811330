using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>News about another node. Closed.</summary>
internal abstract record NodeNews(Address Address)
{
    /// <summary>The node may have processes of our groups, so this one stays connected to it, or tries again and again.</summary>
    public sealed record Named(Address Address) : NodeNews(Address);

    /// <summary>No group names the node any more. It may still run and be reachable.</summary>
    public sealed record Unnamed(Address Address) : NodeNews(Address);
}
