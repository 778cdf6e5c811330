namespace RaftActors.Core;

/// <summary>How far the log of another process agrees with that of the leader.</summary>
/// <param name="Peer">The other process.</param>
/// <param name="Match">The other log agrees durably up to this index; 0 if the leader does not know yet.</param>
public readonly record struct PeerMatch(Member Peer, LogIndex Match);
