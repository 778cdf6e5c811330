namespace RaftActors.Coordination;

/// <summary>A small text by name.</summary>
public sealed record RaftItem
{
    internal RaftItem(string name, string value, long version) => (Name, Value, Version) = (name, value, version);

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Its value.</summary>
    public string Value { get; }

    /// <summary>The stamp of the pair that wrote it. Later writes of any item have higher ones, even after a restore.</summary>
    public long Version { get; }
}
