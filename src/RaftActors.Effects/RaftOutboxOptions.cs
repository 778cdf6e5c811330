namespace RaftActors.Effects;

/// <summary>
/// The options of an outbox. They may differ between nodes and change at a restart, because the replicated state depends on none.
/// </summary>
/// <typeparam name="TEffect">The type of the values.</typeparam>
public sealed record RaftOutboxOptions<TEffect>
{
    /// <summary>The most effects for <see cref="RaftOutbox{TEffect}.FindExcess"/>. 10,000 by default.</summary>
    public int CountMax { get; init; } = 10_000;

    /// <summary>The most bytes of all effects for <see cref="RaftOutbox{TEffect}.FindExcess"/>. 16 MiB by default.</summary>
    public long SizeMax { get; init; } = 16 << 20;

    /// <summary>
    /// Returns about how many bytes a value takes. A value for which it throws counts as 0. Null: <see cref="SizeMax"/> bounds nothing.
    /// </summary>
    public Func<TEffect, int>? SizeOf { get; init; }

    /// <summary>How many handlers run at a time, of different names. 1 or more; 16 by default.</summary>
    public int ParallelMax { get; init; } = 16;

    /// <summary>The pause after the first failed attempt, above zero. Each further one is twice as long. 1 s by default.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between two attempts, up to a day. 1 min by default.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The attempts of one leader after which an effect fails for good. Null, the default: it is tried for ever.</summary>
    public int? AttemptsMax { get; init; }

    /// <summary>
    /// Tells whether an exception of the handler fails the effect for good at once, as a card that is declined. Null: none does.
    /// </summary>
    public Func<Exception, bool>? IsFinal { get; init; }

    /// <summary>The age of an effect after which the leader logs a warning, once in each such span. 5 min by default.</summary>
    public TimeSpan WarnAfter { get; init; } = TimeSpan.FromMinutes(5);

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ParallelMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FirstPause, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestPause, FirstPause);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LongestPause, TimeSpan.FromDays(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(AttemptsMax ?? 1, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(WarnAfter, TimeSpan.Zero);
    }

    // Doubles until the longest pause, without an overflow.
    internal TimeSpan PauseAfter(int attempt)
    {
        var pause = FirstPause;
        for (var count = 1; count < attempt && pause < LongestPause; count++)
        {
            pause *= 2;
        }

        return pause < LongestPause ? pause : LongestPause;
    }
}
