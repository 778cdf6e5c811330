namespace Akka.Actor;

/// <summary>The scheduler's clock. In tests it may be virtual.</summary>
public interface ITimeProvider
{
    DateTimeOffset Now { get; }

    /// <summary>A time that never goes back. Its origin is arbitrary.</summary>
    TimeSpan MonotonicClock { get; }

    TimeSpan HighResMonotonicClock { get; }
}
