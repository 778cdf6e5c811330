namespace RaftActors.Values;

/// <summary>The result of a command whose entity threw an exception.</summary>
/// <param name="Text">The exception, as text for people.</param>
internal sealed record EntityFailure(string Text)
{
    public override string ToString() => $"changed nothing: HandleCommand threw {Text}";
}
