namespace RaftActors;

/// <summary>
/// What HandleProposal decides: <see cref="Accept"/>, or <see cref="Discard"/> with the reason that the one who appended is told.
/// </summary>
public sealed record Verdict
{
    private Verdict(string? reason) => Reason = reason;

    /// <summary>Write it.</summary>
    public static Verdict Accept { get; } = new((string?)null);

    /// <summary>Why not; null if accepted.</summary>
    public string? Reason { get; }

    /// <summary>Do not write it: its Append ends with <see cref="CancelReason.NotCommitted"/> and this reason.</summary>
    public static Verdict Discard(string reason)
    {
        ArgumentNullException.ThrowIfNull(reason);
        return new Verdict(reason);
    }
}
