namespace RaftActors.Testing.History;

/// <summary>What an operation gave, if anybody knows.</summary>
/// <param name="IsKnown">The client was told.</param>
/// <param name="Value">What it was told; means nothing if it was not.</param>
public readonly record struct Observed<TOutput>(bool IsKnown, TOutput? Value)
{
    /// <summary>Whether the operation may have given this, by the default equality: nothing else is known.</summary>
    public bool Allows(TOutput output) => !IsKnown || EqualityComparer<TOutput>.Default.Equals(Value, output);
}
