namespace Akka.Actor;

/// <summary>What a parent remembers of a child: whether it has been asked to stop, and its restarts.</summary>
internal sealed class ChildStats(InternalActorRef child)
{
    private int _restarts;
    private TimeSpan? _windowStart;

    public InternalActorRef Child { get; } = child;

    public bool IsStopping { get; set; }

    /// <summary>Whether one more restart is within the limit; it is counted if so.</summary>
    /// <param name="maxRestarts">Within the window, or within the child's life where there is none; negative for no limit.</param>
    /// <param name="windowMilliseconds">The window begins with a restart that finds none open; not positive for no window.</param>
    public bool RequestRestart(int maxRestarts, int windowMilliseconds, TimeSpan now)
    {
        if (maxRestarts == 0)
        {
            return false;
        }

        if (windowMilliseconds <= 0)
        {
            return maxRestarts < 0 || ++_restarts <= maxRestarts;
        }

        // A window without a number means one restart within it, as Akka.NET has it.
        int limit = Math.Max(1, maxRestarts);
        if (_windowStart is { } start && now - start <= TimeSpan.FromMilliseconds(windowMilliseconds))
        {
            return ++_restarts <= limit;
        }

        _windowStart = now;
        _restarts = 1;
        return true;
    }
}
