namespace RaftActors.Coordination;

/// <summary>A small text by name.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="Version">The serial of the pair that wrote it. A later write has a higher one, of whichever item.</param>
public sealed record RaftItem(string Name, string Value, long Version);
