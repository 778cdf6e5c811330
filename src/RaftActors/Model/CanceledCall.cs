namespace RaftActors;

/// <summary>A call of a raft actor that ended without success. HandleCancel gets it.</summary>
/// <param name="Kind">The kind of the call.</param>
/// <param name="Request">The ref that the call returned.</param>
/// <param name="Failure">
/// Why it failed. Of a Get its reason is Unavailable, Compacted, AlreadyDelivered or Stopped. Of a Query: Unavailable or Stopped.
/// </param>
public sealed record CanceledCall(CallKind Kind, RequestRef Request, RaftFailure Failure)
{
    /// <summary>The key of an Append. Null for other kinds, and for an Append of several pairs.</summary>
    public string? Key { get; init; }

    /// <summary>The serial that a Get asked for. Null for other kinds.</summary>
    public Serial? Serial { get; init; }

    /// <summary>The question of a Query. Null for other kinds.</summary>
    public object? Question { get; init; }
}
