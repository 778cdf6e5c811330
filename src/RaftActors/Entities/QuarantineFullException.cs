namespace RaftActors.Entities;

/// <summary>
/// The quarantined entities of a shard hold as many commands as the shard may. To drop one of them would make an entity different, so the
/// shard goes no further on this node.
/// </summary>
internal sealed class QuarantineFullException(string id, long size, long max) : Exception(
    $"The quarantined entities of this shard hold {size} bytes of commands, of at most {max}, and the entity '{id}' has another one. The "
    + "shard stops on this node, and loses nothing: the log has the commands. Deploy a program that handles them, and restart this "
    + "node. A call of EntityClient.ResetAsync is too late: in the log it comes after these commands.");
