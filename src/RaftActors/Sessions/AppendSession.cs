using RaftActors.Core;

namespace RaftActors.Sessions;

/// <summary>
/// The Appends of one caller to its group, in the order of the calls. The caller is a <see cref="RaftClient"/>, or the actor of a process.
/// In the sessions of the group it is an origin of its own, and its Appends have rising numbers, so the group recognises an attempt whose
/// pair is already in the log. Not thread-safe.
/// <para>
/// Invariant: the numbers of the open Appends that were sent span at most <see cref="SentAppends.Span"/>. The group remembers that many
/// requests of one origin, so it does not forget a request that may be sent again.
/// </para>
/// <para>
/// Invariant: an Append is sent only while all open ones before it are under way. Otherwise it would be committed before one that was
/// refused, or that did not fit into the queue of the connection. A later tick or the next route sends that one first.
/// </para>
/// </summary>
/// <param name="origin">The origin of this caller alone.</param>
/// <param name="attemptTimeout">The time without an answer until an Append is sent again. Doubles with each attempt.</param>
/// <param name="maxBytes">The most bytes of keys and values under way. A single Append may be larger.</param>
/// <param name="send">
/// Sends an Append to the group. Returns false if it cannot send Appends now. They wait until the route changes, or for the next tick. The
/// answer may come before it returns.
/// </param>
internal sealed class AppendSession<T>(Func<Member> origin, TimeSpan attemptTimeout, long maxBytes, Func<T, bool> send)
    where T : SessionAppend
{
    private readonly LinkedList<SessionAppend> _waiting = [];
    private readonly SentAppends _sent = new(maxBytes);
    private RaftFailure? _whyClosed;

    // Invariant: no open Append has an earlier deadline.
    private TimeSpan _nextDeadline = TimeSpan.MaxValue;

    public bool IsOpen => Count > 0;

    /// <summary>The number of Appends that have not ended.</summary>
    public int Count => _waiting.Count + _sent.Count;

    /// <summary>The highest number that was given to an Append, or 0.</summary>
    public long Last => _sent.Last;

    /// <param name="mayGo">True if the route to the leader is known.</param>
    public void Add(T append, TimeSpan now, bool mayGo)
    {
        if (append.HasEnded)
        {
            return;
        }

        if (_whyClosed is { } why)
        {
            End(append, why);
            return;
        }

        append.Deadline = now + append.Timeout;
        _nextDeadline = append.Deadline < _nextDeadline ? append.Deadline : _nextDeadline;
        if (mayGo && _waiting.Count == 0 && _sent.Halted == 0 && _sent.TryAdd(append))
        {
            Send(append, now);
        }
        else
        {
            append.Waiting = _waiting.AddLast(append);
        }
    }

    /// <summary>Sends the Appends that wait, as far as the span and those before them allow.</summary>
    public void SendWaiting(TimeSpan now)
    {
        while (_sent.Halted == 0 && _waiting.First is { Value: var append } && _sent.TryAdd(append))
        {
            StopWaiting(append);
            Send(append, now);
        }
    }

    /// <summary>Sends all open Appends again in their order, because the route to the leader has changed.</summary>
    public void SendAll(TimeSpan now)
    {
        foreach (var append in _sent)
        {
            Halt(append, now);
        }

        SendOverdue(now);
        SendWaiting(now);
    }

    /// <summary>
    /// Sends the Appends again that were refused or lost, or that have waited long enough for an answer. Call it with each tick.
    /// </summary>
    public void SendOverdue(TimeSpan now)
    {
        foreach (var append in _sent.ToArray())
        {
            if (append.NextAt <= now ? !Send(append, now) : !append.IsUnderWay)
            {
                return;
            }
        }
    }

    public void Receive(IOutcome outcome, TimeSpan now)
    {
        if (Find(outcome.Request) is not { } append)
        {
            return;
        }

        if (outcome.Failure is { } failure && IsWorthARetry(failure))
        {
            // Invariant: "not committed" is definite only for a single attempt. An earlier one may still reach a leader.
            append.Attempts = failure.Kind == FailureKind.NotDone && append.Attempts == 1 ? 0 : append.Attempts;
            Halt(append, now);
            append.Refusal = failure.Kind == FailureKind.NotDone ? failure : null;
        }
        else if (outcome.Failure is { Kind: FailureKind.NotDone, Reason: not FailureReason.Outdated } && append.Attempts > 1)
        {
            // An earlier attempt may still reach a leader, so the refusal is not the outcome. The leader may refuse the next one too. But
            // what was committed meanwhile excludes any attempt that names an earlier serial.
            Halt(append, now + TimeoutOf(append));
        }
        else
        {
            End(append, outcome);
        }
    }

    /// <summary>The open Append that was sent with this request. Null if it has ended, or has another origin.</summary>
    public T? Find(RequestRef request) => request.Id.Origin == origin() ? (T?)_sent.Find(request.Number) : null;

    /// <summary>Removes an open Append that was sent. Returns null if it has ended, or has another origin.</summary>
    public T? Take(RequestRef request)
    {
        var append = Find(request);
        if (append is not null)
        {
            _sent.Remove(append);
        }

        return append;
    }

    /// <summary>The connection ended before the answer.</summary>
    /// <param name="wasSent">True if the call may have reached the other node.</param>
    public void OnLost(T append, bool wasSent, TimeSpan now)
    {
        append.Attempts -= wasSent || append.Attempts == 0 ? 0 : 1;
        Halt(append, now);
    }

    /// <summary>Ends the Appends whose time is up.</summary>
    public void EndLate(TimeSpan now, Func<RaftFailure> whyNotSent)
    {
        if (now < _nextDeadline)
        {
            return;
        }

        foreach (var append in _sent.Concat(_waiting).Where(append => append.Deadline <= now).ToArray())
        {
            End(append, append.Attempts > 0 ? RaftFailure.Unknown(FailureReason.TimedOut) : append.Refusal ?? whyNotSent());
        }

        _nextDeadline = _sent.Concat(_waiting).Select(append => append.Deadline).DefaultIfEmpty(TimeSpan.MaxValue).Min();
    }

    /// <summary>Ends an Append, because the caller no longer waits.</summary>
    public void Cancel(T append) => End(append, append.Attempts > 0
        ? RaftFailure.Unknown(FailureReason.Canceled)
        : RaftFailure.NotDone(FailureReason.Canceled, "The call was cancelled before the pair was sent."));

    /// <summary>Ends all open Appends. Later ones end at once.</summary>
    /// <param name="unsent">The failure of those that cannot be in the log.</param>
    /// <param name="sent">The failure of the others. If null, they do not end.</param>
    public void Close(RaftFailure unsent, RaftFailure? sent)
    {
        _whyClosed = unsent;
        foreach (var append in _sent.Concat(_waiting).ToArray())
        {
            if ((append.Attempts > 0 ? sent : unsent) is { } failure)
            {
                End(append, failure);
            }
        }
    }

    private static bool IsWorthARetry(RaftFailure failure) => failure.Kind == FailureKind.Unknown
        ? failure.Reason != FailureReason.Forgotten
        : failure.Reason is FailureReason.NoLeader or FailureReason.Stopped;

    private TimeSpan TimeoutOf(SessionAppend append) => attemptTimeout * Math.Pow(2, Math.Min(append.Attempts, 6) - 1);

    // Returns false if it is not under way, because it was not sent, or was refused at once.
    private bool Send(SessionAppend append, TimeSpan now)
    {
        append.Attempts++;
        append.NextAt = now + TimeoutOf(append);
        _sent.SetUnderWay(append, true);
        if (!send((T)append))
        {
            append.Attempts--;
            Halt(append, now);
        }

        return append.IsUnderWay;
    }

    private void Halt(SessionAppend append, TimeSpan nextAt)
    {
        append.NextAt = nextAt;
        _sent.SetUnderWay(append, false);
    }

    // Forgotten first, because otherwise the connection would wait for the reply.
    private void End(SessionAppend append, RaftFailure failure)
    {
        append.Forget();
        End(append, failure.ToOutcome<object?>(RequestRef.Of(new RequestId(origin(), append.Number))));
    }

    private void End(SessionAppend append, IOutcome outcome)
    {
        StopWaiting(append);
        _sent.Remove(append);
        append.End(outcome);
    }

    private void StopWaiting(SessionAppend append)
    {
        if (append.Waiting is { } node)
        {
            _waiting.Remove(node);
            append.Waiting = null;
        }
    }
}
