namespace RaftActors.Testing.History;

/// <summary>The output of an operation, if it is known.</summary>
/// <typeparam name="TOutput">The output of an operation.</typeparam>
public readonly record struct Observed<TOutput>
{
    internal Observed(TOutput value) => (IsKnown, Value) = (true, value);

    internal bool IsKnown { get; }

    internal TOutput? Value { get; }

    /// <summary>Returns true if the output is unknown, or equals the given one by the default equality.</summary>
    public bool Allows(TOutput output) => !IsKnown || EqualityComparer<TOutput>.Default.Equals(Value, output);
}
