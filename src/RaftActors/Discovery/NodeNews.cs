using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>News about another node. Closed.</summary>
internal abstract record NodeNews(Address Address)
{
    /// <summary>
    /// The node may have processes of our groups. The registry repeats Hellos until the node answers, and again after a disconnection.
    /// </summary>
    public sealed record Named(Address Address) : NodeNews(Address);

    /// <summary>No group names the node any more. It may still run and be reachable.</summary>
    public sealed record Unnamed(Address Address) : NodeNews(Address);

    /// <summary>The node answers again.</summary>
    public sealed record Reachable(Address Address) : NodeNews(Address);

    /// <summary>The node is silent or gone.</summary>
    public sealed record Unreachable(Address Address) : NodeNews(Address);
}
