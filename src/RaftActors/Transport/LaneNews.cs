using Akka.Actor;

namespace RaftActors.Transport;

/// <summary>News of the connections of this node, for its registry. Closed.</summary>
internal abstract record LaneNews(Address Address)
{
    /// <summary>
    /// This node has a connection to that one. It opens after a <see cref="Wire.WireMessage.LaneFence"/>. Told again if that is lost.
    /// </summary>
    /// <param name="Node">The identity of the other actor system.</param>
    /// <param name="Number">The number of the connection.</param>
    public sealed record Connected(Address Address, ulong Node, long Number) : LaneNews(Address);

    /// <summary>The connection of this node to that one has ended. Messages go by Akka until there is another one.</summary>
    public sealed record Disconnected(Address Address) : LaneNews(Address);

    /// <summary>This node could not connect to that one. The next attempt needs another <see cref="Wire.WireMessage.LaneAt"/>.</summary>
    public sealed record Failed(Address Address) : LaneNews(Address);

    /// <summary>Only where connections are the only way: there is a message for the node, and this node does not know its port.</summary>
    public sealed record Wanted(Address Address) : LaneNews(Address);

    /// <summary>Only where connections are the only way: this node could not connect to that one, or was not let in.</summary>
    /// <param name="Why">For people.</param>
    public sealed record Refused(Address Address, string Why) : LaneNews(Address);

    /// <summary>Only where connections are the only way: this node has one to that node, which takes messages.</summary>
    public sealed record Opened(Address Address) : LaneNews(Address);

    /// <summary>The connection of that node to this one has ended. When a process dies, this is known at once.</summary>
    public sealed record Ended(Address Address) : LaneNews(Address);
}
