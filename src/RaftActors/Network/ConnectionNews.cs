using Akka.Actor;

namespace RaftActors.Network;

/// <summary>News of the connections of this node, for its registry. Closed.</summary>
internal abstract record ConnectionNews(Address Address)
{
    /// <summary>This node's connection to the other one takes messages.</summary>
    public sealed record Opened(Address Address) : ConnectionNews(Address);

    /// <summary>This node could not connect to the other one.</summary>
    /// <param name="Why">An explanation for people.</param>
    /// <param name="IsByPeer">A program answered. It is not the expected node, or one side does not accept the other.</param>
    public sealed record Refused(Address Address, string Why, bool IsByPeer) : ConnectionNews(Address);

    /// <summary>This node's connection to the other one has ended. Messages to it are lost until there is another connection.</summary>
    public sealed record Disconnected(Address Address) : ConnectionNews(Address);

    /// <summary>The other node's connection to this one has ended, which is the first sign that its process has died.</summary>
    public sealed record Ended(Address Address) : ConnectionNews(Address);
}
