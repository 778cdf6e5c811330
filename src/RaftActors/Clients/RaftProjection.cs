using RaftActors.Network;
using RaftActors.Settings;

namespace RaftActors;

/// <summary>The base of all projections. Derive from <see cref="RaftProjection{TValue, TResult}"/>.</summary>
public abstract class RaftProjection
{
    private volatile Failing? _failing;
    private long _serial;

    private protected RaftProjection()
    {
    }

    /// <summary>How far the projection has come, and whether it fails. Thread-safe.</summary>
    public RaftProjectionStatus Status =>
        _failing is { } now ? new(Serial, now.Cause, now.Failures, now.Since) : new(Serial);

    /// <summary>The type of the client that <see cref="RunAsync"/> needs.</summary>
    public abstract Type ClientType { get; }

    private protected Serial Serial => new(Volatile.Read(ref _serial));

    /// <summary>
    /// Handles each committed pair after the serial that the read model has, in order. Waits for a group without a leader, goes on after
    /// failovers and compactions, and tries again after a failure of the projection. Never returns.
    /// </summary>
    /// <param name="client">A client of the type <see cref="ClientType"/>.</param>
    /// <param name="tell">
    /// Gets the status when the projection has read its first serial, after each failure, and when a failure is over. Must not throw. Null:
    /// nothing tells of failures but <see cref="Status"/>.
    /// </param>
    /// <param name="cancellationToken">Ends the call. The methods of the projection get it, too.</param>
    /// <exception cref="ArgumentException">The client has other types.</exception>
    /// <exception cref="RaftProjectionException">The projection has thrown it.</exception>
    /// <exception cref="InvalidOperationException">The projection runs already.</exception>
    /// <exception cref="ObjectDisposedException">The client was disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public abstract Task RunAsync(
        RaftClient client, Action<RaftProjectionStatus>? tell = null, CancellationToken cancellationToken = default);

    private protected void Fail(Exception cause) => _failing = _failing is { } before
        ? before with { Cause = cause, Failures = before.Failures + 1 }
        : new Failing(cause, 1, Machine.Current.Time.GetUtcNow());

    /// <summary>The read model has the pairs up to this serial.</summary>
    /// <returns>True if the run begins, or a failure is over.</returns>
    private protected bool Reach(Serial serial, bool isFirst)
    {
        // The serial can be read while each attempt fails at the next pair. So only a later serial shows that a failure is over.
        var isNews = isFirst || (_failing is not null && serial > Serial);
        Volatile.Write(ref _serial, serial.Value);
        _failing = isNews ? null : _failing;
        return isNews;
    }

    private sealed record Failing(Exception Cause, int Failures, DateTimeOffset Since);
}

/// <summary>
/// Keeps a read model of a group: a table, a cache or an index that is made from the committed pairs.
/// <see cref="RaftProjection.RunAsync"/> runs it with a client, and in a host <c>services.AddRaftProjection</c>.
/// <para>
/// After a failure of a method the projection goes on, in a moment, from the serial that the read model has then. Only a
/// <see cref="RaftProjectionException"/> ends it. The methods are called one at a time, on any thread.
/// </para>
/// </summary>
/// <typeparam name="TValue">The type of the values of the group, as its actors have it.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleAppend, as the actors have it.</typeparam>
public abstract class RaftProjection<TValue, TResult> : RaftProjection
{
    private static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(30);

    private bool _isRunning;
    // Otherwise an exception is that of a method of the projection.
    private bool _isSubscribing;

    /// <inheritdoc/>
    public override Type ClientType => typeof(RaftClient<TValue, TResult>);

    /// <summary>
    /// Returns the last serial that the read model has; 0: none. Called at the beginning, and after each failure and rebuild. A read model
    /// that keeps the serial in the transaction of its data has each pair exactly once.
    /// </summary>
    protected abstract Task<Serial> ReadSerialAsync(CancellationToken cancellationToken);

    /// <summary>Writes the next pair, and its serial, to the read model.</summary>
    protected abstract Task HandleAsync(Entry<TValue> entry, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces the read model by the state of the actors and its serial, from
    /// <c>QueryAsync</c> of the client. Called when a snapshot covers the next pair. Default: ends the projection.
    /// </summary>
    /// <param name="client">The client that runs the projection.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    protected virtual Task RebuildAsync(RaftClient<TValue, TResult> client, CancellationToken cancellationToken) =>
        throw new RaftProjectionException(
            $"{GetType().Name} cannot go on after serial {Serial}, because a snapshot covers the next pair. Implement RebuildAsync, or "
            + "raise raft.snapshot.retained-entries.");

    /// <summary>
    /// Handles a pair whose value this program cannot read. If the call returns, the projection goes on with the next pair. So an override
    /// that skips the pair writes its serial to the read model. Default: ends the projection.
    /// </summary>
    /// <param name="serial">The serial of the pair.</param>
    /// <param name="key">The key of the pair.</param>
    /// <param name="error">The exception of the codec or of the serializer.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    protected virtual Task HandleUnreadableAsync(Serial serial, string key, Exception error, CancellationToken cancellationToken) =>
        throw new RaftProjectionException(
            $"{GetType().Name} cannot read the pair with serial {serial} and key '{key}': {error.Message.TrimEnd('.')}. Deploy a version "
            + "that can, or override HandleUnreadableAsync to skip the pair.",
            error);

    /// <summary>The pause before the next attempt. Default: 100 ms, then twice as long each time, and 30 s at most.</summary>
    /// <param name="failures">The number of failures in succession, 1 or more.</param>
    protected virtual TimeSpan PauseAfter(int failures) =>
        GrowingPause.After(failures, PauseMin, PauseMax);

    /// <inheritdoc/>
    public override async Task RunAsync(
        RaftClient client, Action<RaftProjectionStatus>? tell = null, CancellationToken cancellationToken = default)
    {
        var pairs = client as RaftClient<TValue, TResult> ?? throw new ArgumentException(
            $"{GetType().Name} needs a RaftClient<{typeof(TValue).Name}, {typeof(TResult).Name}>.", nameof(client));
        if (Interlocked.Exchange(ref _isRunning, true))
        {
            throw new InvalidOperationException($"{GetType().Name} runs already. Use another instance for each call.");
        }

        try
        {
            var isFirst = true;
            while (true)
            {
                try
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    await FollowAsync(pairs, Reached, cancellationToken).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    // A call that the token ends may fail with anything.
                    cancellationToken.ThrowIfCancellationRequested();
                    if (_isSubscribing && e is ObjectDisposedException)
                    {
                        throw;
                    }

                    Fail(e);
                    tell?.Invoke(Status);
                    if (e is RaftProjectionException)
                    {
                        throw;
                    }
                }

                // Not Task.Delay: a cancelled one continues on the thread pool, outside of a simulation.
                await new TaskCompletionSource().Task.WaitAsync(PauseAfter(Status.Failures), Machine.Current.Time, cancellationToken)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            void Reached(Serial serial)
            {
                if (Reach(serial, isFirst))
                {
                    isFirst = false;
                    tell?.Invoke(Status);
                }
            }
        }
        finally
        {
            Volatile.Write(ref _isRunning, false);
        }
    }

    private async Task FollowAsync(RaftClient<TValue, TResult> client, Action<Serial> reached, CancellationToken cancellationToken)
    {
        _isSubscribing = false;
        reached(await ReadSerialAsync(cancellationToken).ConfigureAwait(false));
        while (true)
        {
            try
            {
                _isSubscribing = true;
                await foreach (var entry in client.SubscribeAsync(Serial, cancellationToken).ConfigureAwait(false))
                {
                    _isSubscribing = false;
                    await HandleAsync(entry, cancellationToken).ConfigureAwait(false);
                    reached(entry.Serial);
                    _isSubscribing = true;
                }
            }
            catch (RaftException compacted) when (_isSubscribing && compacted.FirstKept is not null)
            {
                _isSubscribing = false;
                await RebuildAsync(client, cancellationToken).ConfigureAwait(false);
                var serial = await ReadSerialAsync(cancellationToken).ConfigureAwait(false);
                reached(serial.Next >= compacted.FirstKept ? serial : throw new InvalidOperationException(
                    $"The serial is {serial} after RebuildAsync, and the log begins with {compacted.FirstKept}. Save the serial of the "
                    + "query with the state."));
            }
            catch (InvalidDataException e) when (_isSubscribing && e.InnerException is UnreadablePairException)
            {
                _isSubscribing = false;
                var pair = (UnreadablePairException)e.InnerException;
                await HandleUnreadableAsync(pair.Serial, pair.Key, pair.InnerException!, cancellationToken).ConfigureAwait(false);
                reached(pair.Serial);
            }
        }
    }
}
