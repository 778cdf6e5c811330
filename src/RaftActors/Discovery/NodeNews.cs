using Akka.Actor;

namespace RaftActors.Discovery;

/// <summary>What is heard of a node. Closed.</summary>
internal abstract record NodeNews(Address Address)
{
    /// <summary>It belongs to us: it is greeted until it answers, and again whenever it was silent.</summary>
    public sealed record Named(Address Address) : NodeNews(Address);

    /// <summary>It does not any more: nobody looks for it. Whether it runs, and can be reached, is another question.</summary>
    public sealed record Unnamed(Address Address) : NodeNews(Address);

    /// <summary>It answers again.</summary>
    public sealed record Reachable(Address Address) : NodeNews(Address);

    /// <summary>It is silent or gone.</summary>
    public sealed record Unreachable(Address Address) : NodeNews(Address);
}
