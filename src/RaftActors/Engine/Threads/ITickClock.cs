namespace RaftActors.Engine;

/// <summary>Wakes the engines of a node. Thread-safe.</summary>
internal interface ITickClock
{
    /// <summary>Calls <see cref="TickTimer.TellDue"/> once, at this time of the scheduler's monotonic clock or soon after.</summary>
    void Set(TickTimer timer, TimeSpan at);
}
