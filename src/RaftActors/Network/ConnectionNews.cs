using Akka.Actor;

using RaftActors.Wire;

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

    /// <summary>The other node's connection to this one has brought its list of processes, a part of that, or a change.</summary>
    /// <param name="Connection">A later connection of that node has a higher number.</param>
    public sealed record Told(Address Address, long Connection, WireMessage.Presence Presence) : ConnectionNews(Address);

    /// <summary>The other node's connection to this one has ended, which is the first sign that its process has died.</summary>
    /// <param name="Connection">See <see cref="Told"/>.</param>
    public sealed record Ended(Address Address, long Connection) : ConnectionNews(Address);
}
