using System.Globalization;

namespace RaftActors;

/// <summary>How old the state may be that answers a Query. The default value is <see cref="Linearizable"/>.</summary>
public readonly record struct ReadConsistency
{
    private ReadConsistency(Serial? notBelow = null, bool mayUseLease = false, TimeSpan? maxAge = null) =>
        (NotBelow, MayUseLease, MaxAge) = (notBelow, mayUseLease, maxAge);

    /// <summary>
    /// Never older than the call: the state includes every pair that was committed before. Costs one round of messages to a majority,
    /// which concurrent queries share. It does not depend on clocks, whatever <c>raft.lease.enabled</c> is.
    /// </summary>
    public static ReadConsistency Linearizable => default;

    /// <summary>
    /// As <see cref="Linearizable"/>, and without messages while the leader holds a lease. Otherwise the query costs a round. It needs
    /// <c>raft.lease.enabled</c> on all nodes, and clocks that run evenly: a suspended machine can answer with an old state.
    /// </summary>
    public static ReadConsistency Lease { get; } = new(mayUseLease: true);

    /// <summary>
    /// The present state of this process. Costs no messages and waits for nothing. The state may lag without bound, but it never goes
    /// back within a life of the actor.
    /// </summary>
    public static ReadConsistency Local { get; } = NotOlderThan(Serial.Zero);

    /// <summary>Not below this serial. 0 means any state. Null: a leader confirms the state, now or within <see cref="MaxAge"/>.</summary>
    internal Serial? NotBelow { get; }

    /// <summary>The leader may answer without a round while it holds a lease.</summary>
    internal bool MayUseLease { get; }

    /// <summary>How long ago a leader may have confirmed the state. Null: after the call.</summary>
    internal TimeSpan? MaxAge { get; }

    /// <summary>
    /// A state that includes every pair that was committed until so long before the call. Any process answers at once if it has made a
    /// <see cref="Linearizable"/> read within this time, for whichever caller; otherwise the query costs such a read. So a process asks its
    /// leader about once in this time, however many queries it answers. It measures the time by its own clock alone: a time in which its
    /// machine was suspended may not count.
    /// </summary>
    /// <param name="age">Above zero. Half a second suits most pages that people look at.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="age"/> is zero or less.</exception>
    public static ReadConsistency Within(TimeSpan age)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(age, TimeSpan.Zero);
        return new ReadConsistency(maxAge: age);
    }

    /// <summary>
    /// A state that includes the pair with this serial and all before it. Costs no messages: the query waits until this process has
    /// delivered the pair to its actor. The serial of an Append's outcome lets the caller read its own write on any process.
    /// </summary>
    /// <param name="serial">0 or more. If the pair is not committed here within the timeout, the query fails.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="serial"/> is negative.</exception>
    public static ReadConsistency NotOlderThan(Serial serial)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(serial.Value);
        return new ReadConsistency(serial);
    }

    /// <inheritdoc/>
    public override string ToString() => NotBelow switch
    {
        null => MaxAge is { } age ? string.Create(CultureInfo.InvariantCulture, $"within {age.TotalMilliseconds} ms")
            : MayUseLease ? "lease"
            : "linearizable",
        { Value: 0 } => "local",
        { } serial => $"not older than {serial}",
    };
}
