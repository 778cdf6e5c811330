namespace RaftActors.Coordination.Sessions;

/// <summary>
/// A session of this program. Thread-safe.
/// <para>
/// Invariant: the session is lost here before the group ends it. The group counts its timeout from a moment after it received the latest
/// renewal, and this object from the moment before it was sent, less the difference between the rates of the two clocks.
/// </para>
/// </summary>
internal sealed class Session : IDisposable
{
    private readonly System.Threading.Lock _lock = new();
    private readonly CancellationTokenSource _lost = new();
    private readonly HashSet<LockLoss> _losses = [];
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly ITimer _timer;
    private long _renewedAt;
    private long _claims;

    /// <param name="id">The serial of the pair that opened it.</param>
    /// <param name="renewedAt">The timestamp before that pair was sent, or the first renewal.</param>
    /// <param name="limit">The session is lost if it was not renewed for so long.</param>
    public Session(long id, long renewedAt, TimeSpan limit, TimeProvider time)
    {
        (Id, _renewedAt, _limit, _time) = (id, renewedAt, limit, time);

        // Not started by its creation: it may be due at once, and LoseIfLate uses the field.
        _timer = time.CreateTimer(_ => LoseIfLate(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Max(Left), Timeout.InfiniteTimeSpan);
    }

    public long Id { get; }

    /// <summary>
    /// Cancelled when the session is lost. After a pause of the process it may be late; <see cref="IsAlive"/> is not. For the calls of this
    /// session only: the code of users has a token of each lock, because what they register may block or throw.
    /// </summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>The group has not ended the session at the moment of this call.</summary>
    public bool IsAlive => !_lost.IsCancellationRequested && _time.GetElapsedTime(Volatile.Read(ref _renewedAt)) < _limit;

    /// <summary>The time until the session is lost without another renewal; zero or below: it is lost.</summary>
    public TimeSpan Left => _limit - _time.GetElapsedTime(Volatile.Read(ref _renewedAt));

    /// <summary>A number for a claim, above those of all earlier ones.</summary>
    public long NewClaim() => Interlocked.Increment(ref _claims);

    /// <summary>A lock of this session learns of the end of the session, unless it is released before.</summary>
    public void Add(LockLoss loss)
    {
        lock (_lock)
        {
            if (!_lost.IsCancellationRequested)
            {
                _losses.Add(loss);
                return;
            }
        }

        _ = _time.PostAsync(loss.Tell);
    }

    /// <summary>An operator has taken locks away. One that is released meanwhile is not known any more.</summary>
    /// <returns>The program learns of one by this call.</returns>
    public bool Break(IEnumerable<long> claims)
    {
        LockLoss[] losses;
        lock (_lock)
        {
            losses = [.. _losses.Where(loss => claims.Contains(loss.Claim))];
            _losses.ExceptWith(losses);
        }

        foreach (var each in losses)
        {
            each.Break();
            _ = _time.PostAsync(each.Tell);
        }

        return losses.Length > 0;
    }

    /// <summary>The lock is released.</summary>
    public void Remove(LockLoss loss)
    {
        lock (_lock)
        {
            _losses.Remove(loss);
        }
    }

    /// <summary>The group has committed a renewal.</summary>
    /// <param name="sentAt">The timestamp before it was sent.</param>
    public void OnRenewed(long sentAt)
    {
        lock (_lock)
        {
            // Once lost, it stays lost: its holders have stopped.
            if (IsAlive)
            {
                Volatile.Write(ref _renewedAt, sentAt);
                _timer.Change(Max(Left), Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>The group has ended the session, or this program does.</summary>
    public void Lose()
    {
        _timer.Dispose();
        _lost.Cancel();
        LockLoss[] losses;
        lock (_lock)
        {
            losses = [.. _losses];
            _losses.Clear();
        }

        // Each one on its own, because the code that hears of a loss may block for as long as it likes.
        foreach (var each in losses)
        {
            _ = _time.PostAsync(each.Tell);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Lose();

    private void LoseIfLate()
    {
        lock (_lock)
        {
            if (Left > TimeSpan.Zero)
            {
                _timer.Change(Max(Left), Timeout.InfiniteTimeSpan);
                return;
            }
        }

        Lose();
    }

    private static TimeSpan Max(TimeSpan left) => left > TimeSpan.Zero ? left : TimeSpan.Zero;
}
