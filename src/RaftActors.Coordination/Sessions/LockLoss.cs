namespace RaftActors.Coordination.Sessions;

/// <summary>
/// The loss of one lock, with what the program has registered for it. Runs on a thread of the pool, so a registered callback that blocks
/// or throws costs no other lock of the session, and does not end the program. Thread-safe.
/// </summary>
/// <param name="onFault">Called if a callback throws.</param>
internal sealed class LockLoss(Action<Exception> onFault) : IThreadPoolWorkItem
{
    private readonly CancellationTokenSource _lost = new();

    public CancellationToken Token => _lost.Token;

    /// <summary>The session has ended while the lock was held.</summary>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            _lost.Cancel();
        }
        catch (AggregateException e)
        {
            onFault(e);
        }
    }
}
