using Akka.Actor;

namespace RaftActors.Network;

/// <summary>News of the connections of this node, for its registry. Closed.</summary>
internal abstract record ConnectionNews(Address Address)
{
    /// <summary>This node has a connection to that one, which takes messages.</summary>
    public sealed record Opened(Address Address) : ConnectionNews(Address)
    {
        /// <summary>Messages to the node were lost before, because it could not be reached.</summary>
        public bool HasLost { get; init; }
    }

    /// <summary>This node could not connect to that one, or was not let in.</summary>
    /// <param name="Why">For people.</param>
    /// <param name="IsByPeer">A program listens there. It is no such node, or one side does not accept the other.</param>
    public sealed record Refused(Address Address, string Why, bool IsByPeer) : ConnectionNews(Address);

    /// <summary>The connection of this node to that one has ended. Messages are lost until there is another one.</summary>
    public sealed record Disconnected(Address Address) : ConnectionNews(Address);

    /// <summary>The connection of that node to this one has ended. When a process dies, this is known at once.</summary>
    public sealed record Ended(Address Address) : ConnectionNews(Address);
}
