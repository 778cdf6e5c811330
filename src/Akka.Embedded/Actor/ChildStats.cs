namespace Akka.Actor;

/// <summary>A parent's record of a child: whether it is stopping, and its restarts.</summary>
internal sealed class ChildStats(InternalActorRef child)
{
    private int _restarts;
    private TimeSpan? _windowStart;

    public InternalActorRef Child { get; } = child;

    public bool IsStopping { get; set; }

    /// <summary>Counts one more restart if the limit allows it. Returns false if the limit is reached.</summary>
    /// <param name="maxRestarts">The limit within the window, or within the child's life if there is no window. Negative: no limit.</param>
    /// <param name="windowMilliseconds">Length of the window, which begins with a restart outside of any window. 0 or less: no
    /// window.</param>
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

        // As in Akka.NET, a window without a limit allows one restart within it.
        var limit = Math.Max(1, maxRestarts);
        if (_windowStart is { } start && now - start <= TimeSpan.FromMilliseconds(windowMilliseconds))
        {
            return ++_restarts <= limit;
        }

        _windowStart = now;
        _restarts = 1;
        return true;
    }
}
