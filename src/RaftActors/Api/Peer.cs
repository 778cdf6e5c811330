using RaftActors.Core;

namespace RaftActors;

/// <summary>Another process of the group.</summary>
/// <param name="Pid">The process.</param>
/// <param name="Serial">The last serial in its log when this process met it.</param>
public sealed record Peer(Pid Pid, Serial Serial);
