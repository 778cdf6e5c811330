using RaftActors.Core;

namespace RaftActors;

/// <summary>Another process of the group.</summary>
/// <param name="Pid">Who it is.</param>
/// <param name="Serial">The last serial in its log when it was met.</param>
public sealed record Peer(Pid Pid, Serial Serial);
