using System.Runtime.CompilerServices;

using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Sessions;

/// <summary>
/// The claims of this program for locks: makes them, waits for their turn, and withdraws abandoned ones. Thread-safe.
/// <para>
/// An abandoned claim is released at once, even if its Acquire may still be on its way, because the group ignores an Acquire that comes
/// after its Release.
/// </para>
/// </summary>
internal sealed class Claims(CoordinationCalls calls, SessionKeeper keeper)
{
    /// <summary>Acquires a permit of a lock. Returns null if other claims hold all permits and this one does not wait.</summary>
    /// <param name="timeout">The time for all attempts. After it the claim is withdrawn in the background.</param>
    /// <exception cref="RaftException">The time is over, and other claims hold all permits, or the group has not answered.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The claim is withdrawn in the background.</exception>
    /// <exception cref="InvalidOperationException">The group refuses the call; the message says why.</exception>
    public async Task<RaftLock?> AcquireAsync(
        string name, int permits, bool waits, string? text, TimeSpan timeout, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(permits, 1);
        using var limit = new CancellationTokenSource(timeout.ForTimer(), calls.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        var isHeld = false;
        try
        {
            while (true)
            {
                isHeld = false;
                var session = await keeper.GetAsync(either.Token).ConfigureAwait(false);

                // Each attempt is a claim of its own, so the withdrawal of an earlier one cannot release what this one acquires.
                var claim = session.NewClaim();
                var answer = await ClaimAsync(name, permits, waits, text, session, claim, () => isHeld = true, either.Token)
                    .ConfigureAwait(false);
                switch (answer)
                {
                    case Answer.Granted granted when session.IsAlive:
                        ValueTask Release() => ReleaseAsync(name, claim, session);
                        return new RaftLock(name, granted.Token, session, claim, Release, e => keeper.OnCallbackFailed(name, e));

                    case Answer.Held:
                        return null;
                    case Answer.Refused refused:
                        throw new InvalidOperationException($"Cannot acquire '{name}'. {refused.Why}");
                    case Answer.NoSession:
                        session.Lose();
                        break;
                    case Answer.Ended:
                        // A higher claim of this program has overtaken this one. Each further attempt is a pair, so a pause must separate
                        // them.
                        await calls.PauseAsync(either.Token).ConfigureAwait(false);
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new RaftException(isHeld
                ? new RaftFailure(
                    FailureKind.NotDone,
                    FailureReason.Busy,
                    $"'{name}' was not acquired, because other programs held it for {timeout}. Wait longer, or see its holders by "
                        + "RaftCoordination.ObserveAsync.")
                : new RaftFailure(
                    FailureKind.NotDone,
                    FailureReason.Unavailable,
                    $"'{name}' was not acquired, because the coordination group did not answer within {timeout}. Start a majority of its "
                        + "nodes, or all of them if the group has never run."));
        }
    }

    /// <summary>Streams the holders of a lock, now and whenever they change. After the first answer it ends only with the token.</summary>
    /// <param name="timeout">The time until the first answer.</param>
    /// <exception cref="RaftException">The first answer did not come in time.</exception>
    /// <exception cref="ObjectDisposedException">The actor system has ended.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async IAsyncEnumerable<IReadOnlyList<RaftClaim>> ObserveAsync(
        string name, TimeSpan timeout, [EnumeratorCancellation] CancellationToken cancellation)
    {
        RaftClaim[]? latest = null;
        await foreach (var view in calls.FollowAsync(
            (_, _) => new Question.OfLock(name, latest?.Select(each => each.Token).ToArray()),
            CoordinationJson.Default.LockView,
            timeout,
            cancellation).ConfigureAwait(false))
        {
            if (latest?.SequenceEqual(view.Holders) != true)
            {
                yield return latest = [.. view.Holders];
            }
        }
    }

    /// <param name="onHeld">Called if other claims hold all permits and this one waits.</param>
    /// <returns>Null if the session is lost.</returns>
    private async Task<Answer?> ClaimAsync(
        string name,
        int permits,
        bool waits,
        string? text,
        Session session,
        long claim,
        Action onHeld,
        CancellationToken cancellation)
    {
        // The Acquire ends only with an answer or with the session. Otherwise the claim could be granted later, and nothing would release
        // it.
        var acquire = new Command.Acquire(session.Id, claim, permits, waits, text);
        var acquiring = calls.AppendAsync(name, acquire, () => session.Left, session.Lost);
        try
        {
            var acquired = await acquiring.WaitAsync(cancellation).ConfigureAwait(false);
            var answer = acquired?.Answer;
            if (answer is Answer.Waiting)
            {
                onHeld();
                answer = await WaitAsync(name, claim, session, cancellation).ConfigureAwait(false);
            }

            cancellation.ThrowIfCancellationRequested();
            return answer;
        }
        catch
        {
            // After any failure, such as an answer that this version cannot read, nobody waits for the claim any more.
            _ = WithdrawAsync(acquiring, name, claim, session);
            throw;
        }
    }

    private async Task WithdrawAsync(Task acquiring, string name, long claim, Session session)
    {
        await ReleaseAsync(name, claim, session).ConfigureAwait(false);

        // Awaited, because a failure of the Acquire would otherwise be reported as unobserved.
        await acquiring.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask ReleaseAsync(string name, long claim, Session session)
    {
        var release = new Command.Release(session.Id, claim);
        try
        {
            await calls.AppendAsync(name, release, () => session.Left, session.Lost).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ObjectDisposedException or RaftException)
        {
            // The actor system has ended, or this program has lost the right to write. The session will end.
        }
    }

    // Null if the session is lost.
    private async Task<Answer?> WaitAsync(string name, long claim, Session session, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, session.Lost);
        var question = new Question.OfClaim(name, session.Id, claim);
        try
        {
            return await calls.FollowAsync((_, _) => question, CoordinationJson.Default.Answer, Timeout.InfiniteTimeSpan, either.Token)
                .FirstAsync(answer => answer is not Answer.Waiting, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }
    }
}
