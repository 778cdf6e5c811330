namespace RaftActors.Core;

/// <summary>The number of one read. The shell uses no number twice while its process runs.</summary>
public readonly record struct ReadId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
