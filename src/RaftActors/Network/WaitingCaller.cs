using Akka.Actor;

namespace RaftActors.Network;

/// <summary>
/// The caller of one call that came from another program. The call counts where it waits, until it is taken: at the inbox, and at the
/// connection that brought it. The caller has its count with it and gives it back once, so that a late one is not taken for another.
/// </summary>
internal abstract record WaitingCaller : ICanTell
{
    // Null if the call does not wait.
    private Backlog? _backlog;
    private CallWindow? _window;

    /// <summary>The caller has the rights of an operator.</summary>
    public abstract bool MayOperate { get; }

    /// <summary>The bytes of the call.</summary>
    public int SizeBytes { get; init; }

    /// <summary>Reports that the call is taken. Does nothing if it was taken before, or came from this program.</summary>
    public static void OnTaken(ICanTell caller)
    {
        if (caller is WaitingCaller waiting && Interlocked.Exchange(ref waiting._backlog, null) is { } backlog)
        {
            backlog.OnTaken(waiting.SizeBytes);
            waiting._window?.OnTaken(waiting.SizeBytes);
        }
    }

    /// <summary>The call goes on to another inbox. Returns false, and the call counts as taken, if too many wait there.</summary>
    public static bool TryMove(ICanTell caller, Backlog to)
    {
        if (caller is not WaitingCaller waiting)
        {
            return true;
        }

        if (!to.TryAdd(waiting.SizeBytes))
        {
            OnTaken(caller);
            return false;
        }

        Interlocked.Exchange(ref waiting._backlog, to)?.OnTaken(waiting.SizeBytes);
        return true;
    }

    public abstract void Tell(object message, IActorRef sender);

    /// <summary>Counts the call before it waits. Returns false, and counts nothing, if too many wait.</summary>
    /// <param name="window">The window of the client's connection. Null for the connection of a node.</param>
    public bool TryWait(Backlog backlog, CallWindow? window)
    {
        if (!backlog.TryAdd(SizeBytes))
        {
            return false;
        }

        window?.Add(SizeBytes);
        (_backlog, _window) = (backlog, window);
        return true;
    }
}
