namespace RaftActors;

/// <summary>How a Query ended. The <c>replyTo</c> of a Query receives exactly one. A closed set of types.</summary>
public abstract record QueryOutcome
{
    private QueryOutcome()
    {
    }

    /// <summary>The actor answered from a state that has the consistency of the Query.</summary>
    /// <param name="Request">The ref that Query returned.</param>
    /// <param name="Result">The return value of HandleQuery.</param>
    /// <param name="Serial">
    /// The last serial of the state that answered: a token for <see cref="ReadConsistency.NotOlderThan"/>. 0 before the first pair.
    /// </param>
    public sealed record Done(RequestRef Request, object? Result, Serial Serial) : QueryOutcome;

    /// <summary>
    /// The question was not answered. No leader confirmed the commit index in time, or this process did not reach the serial in time, or
    /// HandleQuery threw an exception, or the actor restarted, stopped, or does not override HandleQuery. A query changes nothing, so a
    /// retry is safe.
    /// </summary>
    /// <param name="Request">The ref that Query returned.</param>
    /// <param name="Reason">The cause, as text for people.</param>
    public sealed record Failed(RequestRef Request, string Reason) : QueryOutcome;
}
