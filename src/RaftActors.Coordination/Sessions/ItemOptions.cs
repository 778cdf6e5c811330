namespace RaftActors.Coordination;

/// <summary>How <see cref="RaftItems.PutAsync"/> writes an item.</summary>
public sealed record ItemOptions
{
    /// <summary>
    /// Writes only if the item has this version, or with 0 only if there is none. Otherwise the call fails with
    /// <see cref="FailureReason.Outdated"/>. Null: writes always.
    /// </summary>
    public long? ExpectedVersion { get; init; }

    /// <summary>
    /// The item disappears with this program's session, when it ends, crashes, or is suspended for too long. Default: false.
    /// </summary>
    public bool OfSession { get; init; }

    /// <summary>
    /// The item disappears if it is not written again within this time, from 100 ms to 365 days. Null: it stays.
    /// </summary>
    public TimeSpan? Lifetime { get; init; }
}
