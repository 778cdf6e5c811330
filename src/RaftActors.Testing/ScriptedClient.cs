using System.Runtime.CompilerServices;

using RaftActors.Wire;

namespace RaftActors.Testing;

/// <summary>
/// A client for tests of code that calls a group. The test chooses the outcome of each call, and commits the pairs of the group. Changes
/// of members end as NotDone. It needs no actor system, no network and no clock. Thread-safe.
/// </summary>
/// <typeparam name="TValue">The type of the values of the group.</typeparam>
/// <typeparam name="TResult">The type of the results of HandleAppend.</typeparam>
/// <param name="group">The name of the group.</param>
public sealed class ScriptedClient<TValue, TResult>(string group = "default") : RaftClient<TValue, TResult>
{
    private const string NoScript = "The test has no script for this call.";

    private readonly Lock _lock = new();
    private readonly List<Entry<TValue>> _log = [];
    private readonly Dictionary<Serial, Exception> _unreadable = [];
    private Serial _compacted;
    private TaskCompletionSource _next = NewNews();
    private volatile bool _isDisposed;

    /// <inheritdoc/>
    public override string Group => group;

    /// <summary>
    /// Chooses the outcome of each Append by its key, value and request key. It may call <see cref="Commit"/>. If null, each ends
    /// as NotDone, with the reason NoLeader.
    /// </summary>
    public Func<string, TValue, RequestKey?, Outcome<TResult>>? OnAppend { get; set; }

    /// <summary>
    /// Answers each query. If null, each ends as Unavailable. A <see cref="RaftException"/> of the function is the failure of the query.
    /// </summary>
    public Func<object, object?>? OnQuery { get; set; }

    /// <summary>The serial of the last committed pair.</summary>
    internal Serial Last
    {
        get
        {
            lock (_lock)
            {
                return new Serial(_log.Count);
            }
        }
    }

    /// <summary>As <see cref="OnQuery"/>, with the serial of the answer.</summary>
    internal Func<object, (object? Answer, Serial Serial)>? OnQueryAt { get; set; }

    /// <summary>Commits a pair: subscriptions and GetAsync have it from now on. Serials are 1, 2, 3 and so on.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="time">
    /// The time of the pair. Null: a second after the pair before, and 2000-01-01 00:00:01 in UTC for the first one. As in
    /// a log, a time below that of the pair before becomes that one.
    /// </param>
    public Entry<TValue> Commit(string key, TValue value, DateTimeOffset? time = null)
    {
        lock (_lock)
        {
            var entry = new Entry<TValue>(new Serial(_log.Count + 1), key, value)
            {
                Time = ScriptedTime.Of(time, _log is [.., var before] ? before.Time : null),
            };
            _log.Add(entry);
            TellNews();
            return entry;
        }
    }

    /// <summary>
    /// Commits a pair whose value the program cannot read: a subscription and GetAsync end at it with an
    /// <see cref="InvalidDataException"/>.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="error">The exception of the codec.</param>
    /// <returns>The serial of the pair.</returns>
    public Serial CommitUnreadable(string key, Exception error)
    {
        lock (_lock)
        {
            _unreadable[new Serial(_log.Count + 1)] = error;
            return Commit(key, default!).Serial;
        }
    }

    /// <summary>
    /// Discards the pairs up to a serial, as a snapshot does: a subscription that lacks one of them, and GetAsync of one, fail as
    /// <see cref="FailureReason.Compacted"/>.
    /// </summary>
    /// <param name="through">The serial of the last pair that is discarded.</param>
    public void Compact(Serial through)
    {
        lock (_lock)
        {
            _compacted = through;
            TellNews();
        }
    }

    /// <summary>
    /// A pair without a request key that names another serial than the last one that the test has committed is refused.
    /// </summary>
    /// <inheritdoc/>
    public override Task<Outcome<TResult>> AppendAsync(
        string key,
        TValue value,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null,
        CancellationToken cancellationToken = default) =>
        Task.FromResult(
            _isDisposed ? Closed.ToOutcome<TResult>()
            : cancellationToken.IsCancellationRequested
            ? RaftFailure.NotDone(FailureReason.Canceled, "The call was cancelled before the pair was sent.").ToOutcome<TResult>()
            : ifSerial is { } last && last != Last && requestKey is null
            ? RaftFailure.NotDone(FailureReason.Outdated, $"The last serial is {Last}, and not {last}. Read the state again.")
                .ToOutcome<TResult>()
            : OnAppend?.Invoke(key, value, requestKey) ?? RaftFailure.NotDone(FailureReason.NoLeader, NoScript).ToOutcome<TResult>());

    /// <summary>
    /// Asks <see cref="OnAppend"/> for the outcome of each pair in turn, with the request key. The first failure is the outcome of the
    /// batch, and otherwise that of the last pair.
    /// </summary>
    /// <inheritdoc/>
    public override async Task<Outcome<TResult>> AppendManyAsync(
        IReadOnlyCollection<(string Key, TValue Value)> pairs,
        TimeSpan? timeout = null,
        RequestKey? requestKey = null,
        Serial? ifSerial = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        ArgumentOutOfRangeException.ThrowIfZero(pairs.Count, nameof(pairs));
        Outcome<TResult>? outcome = null;
        foreach (var (key, value) in pairs)
        {
            outcome = await AppendAsync(key, value, timeout, requestKey, outcome is null ? ifSerial : null, cancellationToken)
                .ConfigureAwait(false);
            if (outcome.Failure is not null)
            {
                break;
            }
        }

        return outcome!; // Justification: there is a pair.
    }

    /// <summary>A query that must not be older than a serial waits until the test has committed it.</summary>
    /// <inheritdoc/>
    public override async Task<Outcome<TAnswer>> QueryAsync<TAnswer>(
        object question,
        TimeSpan? timeout = null,
        ReadConsistency? consistency = null,
        CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (consistency?.NotBelow is { } least && NewsBefore(least) is { } news)
        {
            await news.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_isDisposed || (OnQuery is null && OnQueryAt is null))
        {
            return (_isDisposed ? Closed : RaftFailure.NotDone(FailureReason.Unavailable, NoScript)).ToOutcome<TAnswer>();
        }

        try
        {
            var (answer, serial) = OnQueryAt is { } at ? at(question) : (OnQuery!(question), Last);
            return new Outcome<TAnswer> { Serial = serial, Result = (TAnswer)answer! };
        }
        catch (RaftException e) when (e.Failure is { } failure)
        {
            return failure.ToOutcome<TAnswer>();
        }
    }

    /// <inheritdoc/>
    public override Task<Outcome<Entry<TValue>?>> GetAsync(
        Serial serial, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<Outcome<Entry<TValue>?>>(cancellationToken);
        }

        if (_isDisposed)
        {
            return Task.FromResult(Closed.ToOutcome<Entry<TValue>?>());
        }

        try
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, 1);
            var found = Next(new Serial(serial.Value - 1)).Next;
            return Task.FromResult(new Outcome<Entry<TValue>?> { Serial = found?.Serial ?? Last, Result = found });
        }
        catch (RaftException e) when (e.Failure is { } failure)
        {
            return Task.FromResult(failure.ToOutcome<Entry<TValue>?>());
        }
        catch (Exception e)
        {
            return Task.FromException<Outcome<Entry<TValue>?>>(e);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Entry<TValue>> SubscribeAsync(
        Serial after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var (next, news) = Next(after);
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (next is null)
            {
                await news.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return next;
                after = next.Serial;
            }
        }
    }

    /// <summary>Returns a group without processes.</summary>
    /// <inheritdoc/>
    public override Task<GroupStatus> StatusAsync(
        ProcessName? process = null, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new GroupStatus(group, [], []));

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        lock (_lock)
        {
            _isDisposed = true;
            TellNews();
        }

        return ValueTask.CompletedTask;
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static RaftFailure Closed { get; } = RaftFailure.NotDone(FailureReason.Closed, "The client was disposed.");

    private void TellNews()
    {
        _next.TrySetResult();
        _next = NewNews();
    }

    // Null if the pair is committed, or the client was disposed.
    private Task? NewsBefore(Serial serial)
    {
        lock (_lock)
        {
            return _log.Count < serial.Value && !_isDisposed ? _next.Task : null;
        }
    }

    private (Entry<TValue>? Next, Task News) Next(Serial after)
    {
        lock (_lock)
        {
            if (after < _compacted)
            {
                throw RaftException.Compacted(after.Next, _compacted.Next);
            }

            var next = after.Value < _log.Count ? _log[(int)after.Value] : null;
            return next is not null && _unreadable.TryGetValue(next.Serial, out var error)
                ? throw UnreadablePairException.Of(next.Serial, next.Key, error)
                : (next, _next.Task);
        }
    }
}
