using Akka.Event;

using RaftActors.Coordination.Settings;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Sessions;

/// <summary>
/// Opens the session of this program when it is first needed, and renews it. After a loss it opens another one when it is needed.
/// Thread-safe.
/// </summary>
/// <param name="holdings">What is lost with the session, for people.</param>
internal sealed class SessionKeeper(
    CoordinationCalls calls,
    CoordinationSettings settings,
    string owner,
    TimeProvider time,
    ILoggingAdapter log,
    string holdings = "all locks and leases of this program") : IAsyncDisposable
{
    // Short, because without a quorum the session expires by itself.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly System.Threading.Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationTokenSource _never = new();
    private readonly TaskCompletionSource _ended = new();
    private volatile Session? _current;
    private Task<Session>? _opening;
    private Task _closingAfterEnd = Task.CompletedTask;
    private bool _isEnding;

    /// <summary>The time without a renewal after which the session counts as lost.</summary>
    public TimeSpan Limit { get; } = settings.SessionTimeout * (1 - settings.ClockDrift);

    // The group gives this time to the holders of an expired session, and the program to those of one that ends otherwise.
    private TimeSpan Grace => settings.SessionTimeout - Limit;

    public string Owner => owner;

    /// <summary>The latest session, or null before the first.</summary>
    public Session? Current => _current;

    /// <summary>Returns the open session, or opens one, and waits for the group without a limit.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The program closes its session.</exception>
    /// <exception cref="InvalidOperationException">The group takes no more sessions.</exception>
    public async Task<Session> GetAsync(CancellationToken cancellation)
    {
        if (_current is { IsAlive: true } current)
        {
            return current;
        }

        Task<Session> opening;
        lock (_lock)
        {
            // All callers share one attempt, which continues if a caller gives up. Otherwise callers whose timeout is shorter than the
            // group's delay would open one session after another, and get none.
            opening = _opening is { IsCompleted: false } ? _opening : _opening = OpenAsync();
        }

        // Each caller awaits its own task. If they all awaited this one, .NET would continue all but one of them on other threads, which
        // no simulation can order. WaitAsync makes a task for a cancellable token, and removes it when it is cancelled.
        return await opening.WaitAsync(cancellation.CanBeCanceled ? cancellation : _never.Token).ConfigureAwait(false);
    }

    public void OnCallbackFailed(string name, Exception cause) =>
        log.Error(cause, "A callback of this program on the loss of the lock '{0}' has failed", name);

    /// <summary>
    /// Closes the session, which releases all that it holds. Later calls fail. The task ends when the session is closed, also for a second
    /// caller.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isEnding, true))
        {
            await _ended.Task.ConfigureAwait(false);
            return;
        }

        try
        {
            var session = _current;
            var isOpen = session is { IsAlive: true };
            session?.Lose();
            _closing.Cancel();
            await (isOpen ? CloseAsync(session!, isGraceful: true) : _closingAfterEnd).ConfigureAwait(false);
        }
        finally
        {
            _ended.SetResult();
        }
    }

    // Invariant: the group gives no lock away before its holder was told and had time to stop. A program that ends by itself was stopping
    // its work already, so its callbacks are enough.
    private async Task CloseAsync(Session session, bool isGraceful)
    {
        var told = session.TellLossAsync();
        var pause = time.PauseAsync(Grace);
        await (isGraceful ? Task.WhenAny(told, pause) : pause).ConfigureAwait(false);
        try
        {
            await calls.AppendAsync(owner, new Command.Close(session.Id), CloseTimeout).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectDisposedException or RaftException)
        {
            log.Info("The coordination session {0} of {1} is not closed, and will expire: {2}", session.Id, owner, e.Message);
        }
    }

    private async Task<Session> OpenAsync()
    {
        while (true)
        {
            if (_closing.IsCancellationRequested)
            {
                throw new ObjectDisposedException(CoordinationCalls.Users);
            }

            if (_current is { IsAlive: true } current)
            {
                return current;
            }

            var sentAt = time.GetTimestamp();
            var open = new Command.Open(settings.SessionTimeout);
            var opened = await calls.AppendAsync(owner, open, Limit, _closing.Token).ConfigureAwait(false);
            if (opened is (Answer.Refused refused, _))
            {
                throw new InvalidOperationException($"Cannot open a session for {owner}. {refused.Why}");
            }

            if (opened is (Answer.Done done, var serial))
            {
                var id = done.StampOf(serial);

                // A group that is being founded answers late. Its session is then so old that it would be lost before the first renewal,
                // so it is renewed before anything is held in it.
                if (time.GetElapsedTime(sentAt) >= Limit / 2)
                {
                    sentAt = time.GetTimestamp();
                    var renew = new Command.Renew(id);
                    if (await calls.AppendAsync(owner, renew, Limit, _closing.Token).ConfigureAwait(false) is not (Answer.Done, _))
                    {
                        continue;
                    }
                }

                _current = new Session(id, sentAt, Limit, time);
                _ = KeepAsync(_current);
            }
        }
    }

    private async Task KeepAsync(Session session)
    {
        var isEnded = false;
        try
        {
            isEnded = await RenewAsync(session).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            log.Error(e, "The coordination session {0} of {1} cannot be renewed", session.Id, owner);
        }

        session.Lose();
        if (!_closing.IsCancellationRequested)
        {
            log.Warning(
                "The coordination session {0} of {1} is lost, and with it {2}. Either the group has no leader that this program reaches, "
                    + "or this program stood still for {3}, or an operator has ended the session.",
                session.Id,
                owner,
                holdings,
                Limit);
        }

        if (isEnded)
        {
            // A session that an operator has ended still exists.
            await (_closingAfterEnd = CloseAsync(session, isGraceful: false)).ConfigureAwait(false);
        }
    }

    // Returns true if the group has no such session, or accepts no renewal of it.
    private async Task<bool> RenewAsync(Session session)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(session.Lost, _closing.Token);
        var sentAt = time.GetTimestamp();
        while (session.IsAlive && !ending.IsCancellationRequested)
        {
            // A group whose commits are slow has used the pause up.
            if (settings.RenewInterval - time.GetElapsedTime(sentAt) is { Ticks: > 0 } rest)
            {
                await time.PauseAsync(rest, ending.Token).ConfigureAwait(false);
            }

            // The time is taken for each attempt, because an answer to a late attempt would otherwise prove too little. So an attempt has
            // a third of the session: longer than a slow commit takes, and short enough for two more ones after the loss of a leader.
            sentAt = time.GetTimestamp();
            var renewed = await calls.AppendAsync(owner, new Command.Renew(session.Id), settings.SessionTimeout / 3, ending.Token)
                .ConfigureAwait(false);
            if (renewed is (Answer.Done or Answer.Broken, _))
            {
                session.OnRenewed(sentAt);
            }

            // The group repeats this with each renewal until the locks are released.
            if (renewed is (Answer.Broken broken, _) && session.Break(broken.Claims, Grace))
            {
                log.Warning("An operator has taken locks away from {0}.", owner);
            }
            else if (renewed is (Answer.NoSession, _))
            {
                return true;
            }
        }

        return false;
    }
}
