using Akka.Event;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Sessions;

/// <summary>
/// Opens the session of this program when it is first needed, and renews it. After a loss the next need opens another one. Thread-safe.
/// </summary>
internal sealed class SessionKeeper(
    GroupCalls calls, CoordinationSettings settings, string owner, TimeProvider time, ILoggingAdapter log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private readonly CancellationTokenSource _closing = new();
    private volatile Session? _current;

    /// <summary>The session is treated as lost if it was not renewed for so long.</summary>
    public TimeSpan Limit { get; } = settings.SessionTimeout * (1 - settings.ClockDrift);

    /// <summary>The open session. Opens one if there is none, and waits for the group without an end.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">The program closes its session.</exception>
    /// <exception cref="InvalidOperationException">The group takes no more sessions.</exception>
    public async Task<Session> GetAsync(CancellationToken cancellation)
    {
        if (_current is { IsAlive: true } current)
        {
            return current;
        }

        await _opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            while (true)
            {
                ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
                if (_current is { IsAlive: true } other)
                {
                    return other;
                }

                var sentAt = time.GetTimestamp();
                var open = new Command.Open(settings.SessionTimeout);
                var opened = await calls.AppendAsync(owner, open, Limit, time, cancellation).ConfigureAwait(false);
                cancellation.ThrowIfCancellationRequested();
                if (opened is (Answer.Refused refused, _))
                {
                    throw new InvalidOperationException($"Cannot open a session for {owner}. {refused.Why}");
                }

                if (opened is (Answer.Done, var serial))
                {
                    _current = new Session(serial, sentAt, Limit, time);
                    _ = RenewAsync(_current);
                }
            }
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Closes the session, which releases all that it holds. Later needs fail.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        if (_current is { IsAlive: true } current)
        {
            var left = current.Left;
            current.Lose();
            await calls.AppendAsync(owner, new Command.Close(current.Id), left, time).ConfigureAwait(false);
        }
    }

    private async Task RenewAsync(Session session)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(session.Lost, _closing.Token);
        while (session.IsAlive && !ending.IsCancellationRequested)
        {
            await Task.Delay(settings.RenewInterval, time, ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var sentAt = time.GetTimestamp();

            // Each attempt has a moment of its own at which it was sent. One that ends late would prove little.
            var renewed = await calls.AppendAsync(owner, new Command.Renew(session.Id), settings.RenewInterval, time, ending.Token)
                .ConfigureAwait(false);
            if (renewed is (Answer.Done, _))
            {
                session.OnRenewed(sentAt);
            }
            else if (renewed is (Answer.NoSession, _))
            {
                session.Lose();
            }
        }

        if (!_closing.IsCancellationRequested)
        {
            session.Lose();
            log.Warning(
                "The coordination session {0} of {1} is lost, and with it all locks and leases of this program. Either the group has no "
                    + "leader that this program reaches, or this program stood still for {2}.",
                session.Id,
                owner,
                Limit);
        }
    }
}
