namespace RaftActors.Transport;

/// <summary>Why a connection was opened. The numbers are on the wire.</summary>
internal enum LaneKind : byte
{
    /// <summary>For the messages of a node.</summary>
    Node = 0,

    /// <summary>For the calls of a client, which has no port of its own. The answers come by the same connection.</summary>
    Client = 1,

    /// <summary>
    /// In place of the latest connection of the same node, whose credentials have changed. Its messages come after those of that one.
    /// </summary>
    Successor = 2,
}
