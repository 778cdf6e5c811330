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
    /// The question has no answer: no leader confirmed in time how much is committed, the actor failed or stopped, or it does not override
    /// HandleQuery. Nothing changed, so asking again is safe.
    /// </summary>
    /// <param name="Reason">Why, for people.</param>
    public sealed record Failed(RequestRef Request, string Reason) : QueryOutcome;
}
