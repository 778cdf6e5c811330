using Akka.Event;

namespace RaftActors.Coordination.Sessions;

/// <summary>
/// The item of a service's address, which belongs to the session of this program. After a loss of the session it is written again, because
/// the program may only have been suspended. Thread-safe.
/// </summary>
internal sealed class Registration(string item, RaftItems items, SessionKeeper keeper, TimeProvider time, ILoggingAdapter log)
    : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _ending = new();
    private Task _keeping = Task.CompletedTask;
    private long? _version;

    /// <summary>Writes the item, and keeps it until this object is disposed. Call it once.</summary>
    /// <exception cref="RaftException">The group did not answer.</exception>
    /// <exception cref="InvalidOperationException">The group refuses the item or the session.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        var putting = PutAsync(cancellation);
        _keeping = putting;
        try
        {
            _keeping = KeepAsync(await putting.WaitAsync(cancellation).ConfigureAwait(false));
        }
        catch
        {
            // The caller gets no object to dispose.
            _ = DisposeAsync().AsTask();
            throw;
        }
    }

    /// <summary>Does the same in the background, and tries again after each failure.</summary>
    public void Start() => _keeping = KeepAsync(null);

    /// <summary>
    /// Deletes the item, and waits for a write of it that is under way. If the group does not answer, the item disappears with the session.
    /// Never fails.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        _ending.Cancel();
        await _keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            // An item that another program has written since must stay, because that program may run at the same address now.
            if (_version is { } version)
            {
                _version = null;
                await items.DeleteAsync(item, version).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            log.Info("The item {0} is not deleted, and goes with the session: {1}", item, e.Message);
        }
    }

    private async Task<Session> PutAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();

            // If PutAsync uses a later session, this one is lost, so the item is written once more.
            var session = await keeper.GetAsync(cancellation).ConfigureAwait(false);
            try
            {
                // Only a lost session ends the write, because the item goes with it. After any other end DisposeAsync would not know
                // whether there is an item to delete.
                _version = await items.PutAsync(item, "", ofSession: true, cancellationToken: session.Lost).ConfigureAwait(false);
                return session;
            }
            catch (OperationCanceledException) when (!session.IsAlive)
            {
                // The next session writes it.
            }
        }
    }

    private async Task KeepAsync(Session? session)
    {
        while (true)
        {
            if (session is not null)
            {
                using var either = CancellationTokenSource.CreateLinkedTokenSource(session.Lost, _ending.Token);
                await time.PauseAsync(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(false);
            }

            try
            {
                session = await PutAsync(_ending.Token).ConfigureAwait(false);
            }
            catch (Exception) when (_ending.IsCancellationRequested)
            {
                return;
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e)
            {
                log.Warning("The item {0} is not written yet, and will be tried again: {1}", item, e.Message);
                session = null;
                await time.PauseAsync(Pause, _ending.Token).ConfigureAwait(false);
            }
        }
    }
}
