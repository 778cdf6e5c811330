namespace RaftActors.Core;

/// <summary>Time as Core knows it: ticks, and the reading of the monotonic clock that came with the latest input.</summary>
internal sealed class Clock
{
    /// <summary>Ticks since the start of the process.</summary>
    public long Now { get; private set; }

    /// <summary>The monotonic clock at the latest input, or zero in a group without leases.</summary>
    public TimeSpan Instant { get; private set; }

    public void Skip(long ticks) => Now += ticks;

    /// <summary>Takes the reading that came with an input.</summary>
    /// <exception cref="InvariantException">The reading is earlier than the one before.</exception>
    public void Read(TimeSpan instant)
    {
        Invariant.That(instant >= Instant, "a monotonic clock does not go back");
        Instant = instant;
    }
}
