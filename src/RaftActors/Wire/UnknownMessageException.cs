namespace RaftActors.Wire;

/// <summary>A message within others, or in a frame of a connection, has a manifest of a newer version.</summary>
internal sealed class UnknownMessageException(string message) : Exception(message);
