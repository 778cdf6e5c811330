using RaftActors.Coordination.Sessions;

namespace RaftActors.Coordination;

/// <summary>
/// A lock, or a permit of a semaphore, that this program holds. Dispose it to release it. Thread-safe.
/// <para>
/// A holder that is suspended for longer than the session's timeout loses the lock, and cannot know it at that moment. So send <see
/// cref="Token"/> with each change of an external resource, and let the resource refuse a token that is lower than the highest that it has
/// seen.
/// </para>
/// </summary>
public sealed class RaftLock : IAsyncDisposable
{
    private readonly Session _session;
    private readonly LockLoss _loss;
    private int _isReleased;

    internal RaftLock(string name, long token, Session session, LockLoss loss)
    {
        (Name, Token, _session, _loss) = (name, token, session, loss);
        session.Add(loss);
    }

    /// <summary>The name of the lock.</summary>
    public string Name { get; }

    /// <summary>
    /// The fencing token: the stamp of the pair that granted the lock. Each later holder has a higher one, even after a restart of all
    /// nodes, and after a restore of the group from a backup.
    /// </summary>
    public long Token { get; }

    /// <summary>
    /// Tells whether this program holds the lock at the moment of the call. It is false before the group gives the lock to another
    /// program, if the clocks of the nodes differ by at most <c>raft-coordination.clock-drift</c>.
    /// </summary>
    public bool IsHeld => Volatile.Read(ref _isReleased) == 0 && _session.IsAlive && !_loss.IsBroken;

    /// <summary>
    /// Cancelled when the lock is lost, because the session was not renewed in time, or because an operator has taken the lock away. Not
    /// cancelled by a release. A registered callback runs on a thread of the pool. If it blocks or throws, the other locks of this program
    /// still learn of their loss. A lock that was taken away goes to the next program once the callbacks have returned.
    /// </summary>
    public CancellationToken Lost => _loss.Token;

    /// <summary>Releases the lock. The task ends when the group has released it, or when the session is lost.</summary>
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
        {
            return ValueTask.CompletedTask;
        }

        _session.Remove(_loss);
        return _loss.ReleaseAsync();
    }
}
