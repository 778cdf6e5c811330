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
    private readonly CancellationTokenSource _lost = new();
    private readonly Session _session;
    private readonly Func<ValueTask> _release;
    private readonly Action<Exception> _onFault;
    private readonly TaskCompletionSource _released = new();
    private volatile bool _isBroken;
    private int _isReleased;

    /// <param name="claim">The number of the claim that holds the lock.</param>
    /// <param name="release">Releases the lock in the group.</param>
    /// <param name="onFault">Called if a callback throws.</param>
    internal RaftLock(string name, long token, Session session, long claim, Func<ValueTask> release, Action<Exception> onFault)
    {
        (Name, Token, _session, Claim, _release, _onFault) = (name, token, session, claim, release, onFault);
        session.Add(this);
    }

    /// <summary>The name of the lock.</summary>
    public string Name { get; }

    /// <summary>
    /// The fencing token: the stamp of the pair that granted the lock. Each later holder has a higher one, even after a restart of all
    /// nodes, and after a restore of the group from a backup. Permits of a semaphore that become free at once may get one token.
    /// </summary>
    public long Token { get; }

    /// <summary>
    /// Tells whether this program holds the lock at the moment of the call. It is false before the group gives the lock to another
    /// program, if the clocks of the nodes differ by at most <c>raft-coordination.clock-drift</c>.
    /// </summary>
    public bool IsHeld => Volatile.Read(ref _isReleased) == 0 && _session.IsAlive && !_isBroken;

    /// <summary>
    /// Cancelled when the lock is lost, because the session was not renewed in time, or because an operator has taken the lock away. Not
    /// cancelled by a release. A registered callback runs on a thread of the pool. If it blocks or throws, the other locks of this program
    /// still learn of their loss. A lock that was taken away goes to the next program once the callbacks have returned, and not before
    /// <c>session-timeout</c> times <c>clock-drift</c> has passed, 0.3 s by default.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    internal long Claim { get; }

    /// <summary>Releases the lock. The task ends when the group has released it, or when the session is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) != 0)
        {
            await _released.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            _session.Remove(this);
            await _release().ConfigureAwait(false);
        }
        finally
        {
            _released.SetResult();
        }
    }

    /// <summary>Notes that an operator takes the lock away. The session releases it when the holder has had time to stop.</summary>
    internal void Break() => _isBroken = true;

    /// <summary>Tells the loss, because the session has ended or the lock was taken away.</summary>
    internal void TellLoss()
    {
        try
        {
            _lost.Cancel();
        }
        catch (AggregateException e)
        {
            _onFault(e);
        }
    }
}
