namespace RaftActors;

/// <summary>What the <c>replyTo</c> of a Query is told, once. Closed.</summary>
public abstract record QueryOutcome
{
    private QueryOutcome()
    {
    }

    /// <summary>The actor has answered, from a state that is not older than the question.</summary>
    /// <param name="Result">What its HandleQuery returned.</param>
    public sealed record Done(RequestRef Request, object? Result) : QueryOutcome;

    /// <summary>
    /// No leader confirmed in time how much is committed, or the actor failed or stopped meanwhile. It may be asked again.
    /// </summary>
    public sealed record Failed(RequestRef Request) : QueryOutcome;
}
