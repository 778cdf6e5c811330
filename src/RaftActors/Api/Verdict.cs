namespace RaftActors;

/// <summary>
/// The decision of HandleProposal on a pair: <see cref="Accept"/>, or <see cref="Discard"/> with a reason for the caller of Append.
/// </summary>
public sealed record Verdict
{
    private Verdict(string? reason) => Reason = reason;

    /// <summary>The leader writes the pair.</summary>
    public static Verdict Accept { get; } = new((string?)null);

    /// <summary>The reason of a discarded pair; null for <see cref="Accept"/>.</summary>
    public string? Reason { get; }

    /// <summary>The leader does not write the pair. Its Append ends as <see cref="CancelReason.NotCommitted"/> with this reason.</summary>
    /// <param name="reason">Text for the caller of Append.</param>
    public static Verdict Discard(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new Verdict(reason);
    }
}
