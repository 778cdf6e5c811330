namespace RaftActors.Coordination.Sessions;

/// <summary>
/// A session of this program. Thread-safe.
/// <para>
/// Invariant: the session is lost here before the group ends it. The group counts its timeout from a moment after it received the latest
/// renewal. This object counts from the moment before the renewal was sent, and subtracts the largest drift of the two clocks.
/// </para>
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly System.Threading.Lock _lock = new();
    private readonly CancellationTokenSource _lost;
    private readonly HashSet<RaftLock> _held = [];
    private Task _told = Task.CompletedTask;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private long _renewedAt;
    private long _claims;

    /// <param name="id">The stamp of the pair that opened it.</param>
    /// <param name="renewedAt">The timestamp before that pair, or the first renewal, was sent.</param>
    /// <param name="limit">The time without a renewal after which the session is lost.</param>
    public Session(long id, long renewedAt, TimeSpan limit, TimeProvider time)
    {
        (Id, _renewedAt, _limit, _time) = (id, renewedAt, limit, time);
        _lost = new CancellationTokenSource(Max(Left), time);
        _lost.Token.UnsafeRegister(_ => _ = TellLossAsync(), null);
    }

    public long Id { get; }

    /// <summary>
    /// Cancelled when the session is lost. After a suspension of the process it may be late; <see cref="IsAlive"/> is not. Only for the
    /// calls of this session. The code of users gets a token for each lock, because what they register may block or throw.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The group has not ended the session at the moment of this call.</summary>
    public bool IsAlive => !_lost.IsCancellationRequested && _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < _limit;

    /// <summary>The time until the session is lost without another renewal. Not positive if it is lost.</summary>
    public TimeSpan Left => _limit - _time.GetElapsedTime(Volatile.Read(ref _renewedAt));

    /// <summary>Returns a number for a claim, above those of all earlier ones.</summary>
    public long NewClaim() => Interlocked.Increment(ref _claims);

    /// <summary>Adds a lock, which learns of the end of the session, unless it is released before.</summary>
    public void Add(RaftLock held)
    {
        lock (_lock)
        {
            if (!_lost.IsCancellationRequested)
            {
                _held.Add(held);
                return;
            }
        }

        _ = TellAsync(held);
    }

    /// <summary>
    /// Takes locks away, for an operator. Locks that are released meanwhile are skipped. Returns whether the program learns of one by this
    /// call.
    /// </summary>
    /// <param name="grace">The least time between the loss and the release, because a callback may return before its program stops.</param>
    public bool Break(IEnumerable<long> claims, TimeSpan grace)
    {
        RaftLock[] held;
        lock (_lock)
        {
            held = [.. _held.Where(each => claims.Contains(each.Claim))];
            _held.ExceptWith(held);
        }

        foreach (var each in held)
        {
            each.Break();
            _ = GiveAwayAsync(each, grace);
        }

        return held.Length > 0;
    }

    public void Remove(RaftLock held)
    {
        lock (_lock)
        {
            _held.Remove(held);
        }
    }

    /// <summary>Notes a committed renewal.</summary>
    /// <param name="sentAt">The timestamp before it was sent.</param>
    public void OnRenewed(long sentAt)
    {
        lock (_lock)
        {
            // A lost session stays lost, because the holders have stopped.
            if (IsAlive)
            {
                Volatile.Write(ref _renewedAt, sentAt);
                _lost.CancelAfter(Max(Left));
            }
        }
    }

    /// <summary>Loses the session, because the group has ended it, or this program does.</summary>
    public void Lose() => _lost.Cancel();

    public void Dispose() => Lose();

    /// <summary>
    /// Tells the holders that the session is lost. The task ends when the callbacks of all locks that were lost so far have returned, which
    /// may be never.
    /// </summary>
    public Task TellLossAsync()
    {
        lock (_lock)
        {
            foreach (var each in _held)
            {
                _ = TellAsync(each);
            }

            _held.Clear();
            return _told;
        }
    }

    private async Task GiveAwayAsync(RaftLock broken, TimeSpan grace)
    {
        await Task.WhenAll(TellAsync(broken), _time.PauseAsync(grace)).ConfigureAwait(false);
        await broken.DisposeAsync().ConfigureAwait(false);
    }

    // Each loss is told on its own, because the code that hears of it may block for as long as it likes.
    private Task TellAsync(RaftLock lost)
    {
        lock (_lock)
        {
            var telling = _time.PostAsync(lost.TellLoss);
            _told = Task.WhenAll(_told, telling);
            return telling;
        }
    }

    private static TimeSpan Max(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
