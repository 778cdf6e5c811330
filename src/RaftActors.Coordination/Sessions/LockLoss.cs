namespace RaftActors.Coordination.Sessions;

/// <summary>
/// The loss of one lock, with what the program has registered for it. Each loss is told on its own, so a callback that blocks or throws
/// costs no other lock of the session, and does not end the program. Thread-safe.
/// </summary>
/// <param name="claim">The number of the claim that holds the lock.</param>
/// <param name="release">Releases the lock in the group.</param>
/// <param name="onFault">Called if a callback throws.</param>
internal sealed class LockLoss(long claim, Func<ValueTask> release, Action<Exception> onFault)
{
    private readonly CancellationTokenSource _lost = new();
    private volatile bool _isBroken;

    public long Claim => claim;

    public bool IsBroken => _isBroken;

    public CancellationToken Token => _lost.Token;

    /// <summary>
    /// Notes that an operator takes the lock away. The group may give it to another program once the callbacks have returned.
    /// </summary>
    public void Break() => _isBroken = true;

    public ValueTask ReleaseAsync() => release();

    /// <summary>Tells the loss, because the session has ended or the lock was taken away.</summary>
    public void Tell()
    {
        try
        {
            _lost.Cancel();
        }
        catch (AggregateException e)
        {
            onFault(e);
        }

        if (IsBroken)
        {
            _ = ReleaseAsync().AsTask();
        }
    }
}
