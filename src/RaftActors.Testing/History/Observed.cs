namespace RaftActors.Testing.History;

/// <summary>The output of an operation, if it is known.</summary>
/// <typeparam name="TOutput">The output of an operation.</typeparam>
/// <param name="IsKnown">True if the client received the output.</param>
/// <param name="Value">The output. Meaningless if it is not known.</param>
public readonly record struct Observed<TOutput>(bool IsKnown, TOutput? Value)
{
    /// <summary>Returns true if the output is unknown, or equals the given one by the default equality.</summary>
    public bool Allows(TOutput output) => !IsKnown || EqualityComparer<TOutput>.Default.Equals(Value, output);
}
