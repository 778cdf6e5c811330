namespace RaftActors;

/// <summary>How an Append or a Get ended without success. Closed.</summary>
public abstract record CancelReason
{
    private CancelReason()
    {
    }

    /// <summary>The pair is not in the log and never will be; appending it again is safe.</summary>
    /// <param name="Detail">Why, for people; the reason given to <see cref="Verdict.Discard"/>, if that was it.</param>
    public sealed record NotCommitted(string Detail) : CancelReason
    {
        internal static NotCommitted OfStoppedEngine(string? failure) => new(failure is null
            ? "The engine has stopped; its node must be restarted."
            : $"The engine has stopped, since its store failed: {failure}");
    }

    /// <summary>
    /// The pair may have reached a leader: it may be committed already, later, or never. If it is, HandleAppend still brings it, or a
    /// snapshot that stands for it.
    /// </summary>
    public sealed record Unknown : CancelReason;

    /// <summary>Nobody who could be reached within the time has the pair, or this process's engine has stopped.</summary>
    public sealed record Unavailable : CancelReason;

    /// <summary>
    /// The pair is not kept any more: a snapshot stands for it (<see cref="IRaftSnapshot{TState}"/>), which this actor is given if it has
    /// not been handed the pair.
    /// </summary>
    public sealed record Compacted : CancelReason;

    /// <summary>
    /// The pair was handed to this actor already, and each is handed once; <see cref="RaftGroup{TValue}.Read"/> reads it again.
    /// </summary>
    public sealed record AlreadyDelivered : CancelReason;
}
