namespace RaftActors.Settings;

/// <summary>
/// The rights of a connection, in rising order. Each role has the rights of the ones before it, but a <see cref="Node"/> connects as a node
/// only. Only <c>raft.security</c> gives rights; without it every connection is a node's.
/// </summary>
internal enum ConnectionRole
{
    /// <summary>Reads pairs and states, and asks queries.</summary>
    Reader,

    /// <summary>Appends pairs.</summary>
    Writer,

    /// <summary>Changes the members and transfers leadership.</summary>
    Operator,

    /// <summary>Hosts processes of groups.</summary>
    Node,
}
