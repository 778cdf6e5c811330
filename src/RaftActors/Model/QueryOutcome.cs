namespace RaftActors;

/// <summary>How a Query ended. The <c>replyTo</c> of a Query receives exactly one. A closed set of types.</summary>
public abstract record QueryOutcome
{
    private QueryOutcome(RequestRef request) => Request = request;

    /// <summary>The ref that Query returned.</summary>
    public RequestRef Request { get; }

    /// <summary>The actor answered from a state that has the consistency of the Query.</summary>
    public sealed record Done : QueryOutcome
    {
        internal Done(RequestRef request, object? result, Serial serial)
            : base(request) => (Result, Serial) = (result, serial);

        /// <summary>The return value of HandleQuery.</summary>
        public object? Result { get; }

        /// <summary>
        /// The last serial of the state that answered: a token for <see cref="ReadConsistency.NotOlderThan"/>. 0 before the first pair.
        /// </summary>
        public Serial Serial { get; }
    }

    /// <summary>
    /// The question was not answered. No leader confirmed the commit index in time, or this process did not reach the serial in time, or
    /// HandleQuery threw an exception, or the actor restarted, stopped, or does not override HandleQuery. A query changes nothing, so a
    /// retry is safe.
    /// </summary>
    public sealed record Failed : QueryOutcome
    {
        internal Failed(RequestRef request, string reason)
            : base(request) => Reason = reason;

        /// <summary>The cause, as text for people.</summary>
        public string Reason { get; }
    }
}
