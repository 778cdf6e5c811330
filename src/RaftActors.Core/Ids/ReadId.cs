namespace RaftActors.Core;

/// <summary>Names one read for the life of the process that asked; the shell never gives a number twice.</summary>
public readonly record struct ReadId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
