namespace Akka.Actor;

/// <summary>The clock that the scheduler goes by; in tests it may be a virtual one.</summary>
public interface ITimeProvider
{
    DateTimeOffset Now { get; }

    /// <summary>Time that never goes back, from an arbitrary start.</summary>
    TimeSpan MonotonicClock { get; }

    TimeSpan HighResMonotonicClock { get; }
}
