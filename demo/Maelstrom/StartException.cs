namespace Maelstrom;

/// <summary>Raft could not start. The message says why, and what to do.</summary>
internal sealed class StartException(string message) : Exception(message);
