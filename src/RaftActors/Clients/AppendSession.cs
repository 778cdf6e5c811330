using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// The Appends of one client, in the order of the calls. The client is an origin of its own in the sessions of the group. It numbers its
/// Appends when it sends them first. So the group recognises an attempt whose pair is in the log already.
/// <para>
/// Invariant: the numbers of the open Appends span at most <see cref="Span"/>. A session remembers that many requests of one origin. So it
/// does not forget a request that may still be sent again.
/// </para>
/// Not thread-safe: <see cref="GroupCalls"/> has a lock.
/// </summary>
/// <param name="session">Of the client alone.</param>
/// <param name="patience">The time without an answer until an Append is sent again. It doubles with each attempt.</param>
/// <param name="send">Sends a call to the group. False: there is no connection now, and it was not sent.</param>
internal sealed class AppendSession(ClientSession session, TimeSpan patience, Func<ClientAppend, ClientCall.Append, bool> send)
{
    /// <summary>The requests that a session remembers.</summary>
    public const int Span = 256;

    private readonly LinkedList<ClientAppend> _waiting = [];
    private readonly SentAppends _sent = new(Span);
    private bool _isClosed;

    /// <summary>An Append has not ended.</summary>
    public bool IsOpen => _waiting.Count > 0 || !_sent.IsEmpty;

    public void Add(ClientAppend append, TimeSpan now)
    {
        if (_isClosed || append.HasEnded)
        {
            End(append, ReasonOf(append, NotCommittedReason.Closed, UnknownReason.Closed));
            return;
        }

        append.Deadline = now + append.Timeout;
        append.Waiting = _waiting.AddLast(append);
    }

    /// <summary>Sends the Appends that wait, as far as the span allows.</summary>
    public void SendWaiting(TimeSpan now)
    {
        while (_waiting.First is { Value: var append } && _sent.HasRoom)
        {
            StopWaiting(append);
            _sent.Add(append);
            Send(append, now);
        }
    }

    /// <summary>The way to the leader has changed: sends all open Appends again, in their order.</summary>
    public void SendAll(TimeSpan now)
    {
        foreach (var append in _sent.ToArray())
        {
            Send(append, now);
        }

        SendWaiting(now);
    }

    /// <summary>Sends the Appends again that have waited long enough for an answer.</summary>
    public void SendOverdue(TimeSpan now)
    {
        foreach (var append in _sent.Where(append => append.NextAt <= now).ToArray())
        {
            Send(append, now);
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
            append.Attempts = failure is CancelReason.NotCommitted && append.Attempts == 1 ? 0 : append.Attempts;
            append.NextAt = now;
            append.Refusal = failure as CancelReason.NotCommitted;
        }
        else if (outcome.Failure is CancelReason.NotCommitted && append.Attempts > 1)
        {
            append.NextAt = now + PatienceOf(append);
        }
        else
        {
            End(append, outcome);
        }
    }

    /// <summary>An outcome whose result is of a type that this node does not know.</summary>
    /// <param name="outcome">The outcome without its result.</param>
    /// <param name="cause">Says how to make the type known.</param>
    public void ReceiveUnreadable(IOutcome outcome, Exception cause, TimeSpan now)
    {
        if (outcome.Failure is null && Find(outcome.Request) is { } append)
        {
            _sent.Remove(append.Number);
            append.Fail(new InvalidOperationException(
                $"The pair of {outcome.Request} is committed, and this client cannot read its result. {cause.Message} Create the client "
                    + "with the result type of the actors.",
                cause));
        }
        else
        {
            Receive(outcome, now);
        }
    }

    /// <summary>The connection ended before the answer.</summary>
    /// <param name="wasSent">The call may have reached the other node.</param>
    public void OnLost(ClientAppend append, bool wasSent, TimeSpan now)
    {
        append.Attempts -= wasSent || append.Attempts == 0 ? 0 : 1;
        append.NextAt = now;
    }

    /// <summary>Ends the Appends whose time is up.</summary>
    /// <param name="whyNotSent">Explains why an Append was not sent.</param>
    public void EndLate(TimeSpan now, Func<CancelReason.NotCommitted> whyNotSent)
    {
        foreach (var append in _sent.Concat(_waiting).Where(append => append.Deadline <= now).ToArray())
        {
            End(append, append.Attempts > 0 ? new CancelReason.Unknown(UnknownReason.TimedOut) : append.Refusal ?? whyNotSent());
        }
    }

    /// <summary>The caller waits no more.</summary>
    public void Cancel(ClientAppend append) => End(append, ReasonOf(append, NotCommittedReason.Canceled, UnknownReason.Canceled));

    /// <summary>Ends all: the client is disposed. Later ones end at once.</summary>
    /// <param name="onlyUnsent">True: ends those that cannot be in the log.</param>
    public void Close(bool onlyUnsent)
    {
        _isClosed = true;
        foreach (var append in _sent.Concat(_waiting).Where(append => !onlyUnsent || append.Attempts == 0).ToArray())
        {
            End(append, ReasonOf(append, NotCommittedReason.Closed, UnknownReason.Closed));
        }
    }

    private static bool IsWorthARetry(CancelReason failure) => failure is
        CancelReason.NotCommitted { Reason: NotCommittedReason.NoLeader or NotCommittedReason.Overwritten or NotCommittedReason.Stopped }
        or CancelReason.Unknown { Reason: not (UnknownReason.Forgotten or UnknownReason.Quarantined) };

    private static CancelReason ReasonOf(ClientAppend append, NotCommittedReason unsent, UnknownReason sent) => append.Attempts > 0
        ? new CancelReason.Unknown(sent)
        : new CancelReason.NotCommitted(unsent, unsent == NotCommittedReason.Closed
            ? "The client was disposed before the pair was sent."
            : "The call was cancelled before the pair was sent.");

    // Null: it has ended, or it is of an earlier life of the client's actor.
    private ClientAppend? Find(RequestRef request) =>
        request.Incarnation == session.Origin.Incarnation ? _sent.Find(request.Number) : null;

    private TimeSpan PatienceOf(ClientAppend append) => patience * Math.Pow(2, Math.Min(append.Attempts, 6) - 1);

    private void Send(ClientAppend append, TimeSpan now)
    {
        // The next tick ends it if its time is up. A process could not read a negative time.
        var left = append.Deadline > now ? append.Deadline - now : TimeSpan.Zero;
        var isRetry = append.Attempts > 0;
        append.Attempts++;
        append.NextAt = now + PatienceOf(append);
        append.Request = RequestRef.Of(new RequestId(session.Origin, append.Number));
        ClientCall.Append call = new(
            session, append.Number, append.Key, append.Value, left, isRetry, append.RequestKey, append.Span?.Context);
        if (!send(append, call))
        {
            append.Attempts--;
            append.NextAt = now;
        }
    }

    // It ends without a reply, so its link would wait for one.
    private void End(ClientAppend append, CancelReason reason)
    {
        append.Link?.Forget(append);
        End(append, Outcome<object?>.Of(reason, RequestRef.Of(new RequestId(session.Origin, append.Number))));
    }

    private void End(ClientAppend append, IOutcome outcome)
    {
        StopWaiting(append);
        if (_sent.Find(append.Number) == append)
        {
            // An Append of an earlier life of the client's actor may have the same number.
            _sent.Remove(append.Number);
        }

        append.End(outcome);
    }

    private void StopWaiting(ClientAppend append)
    {
        if (append.Waiting is { } node)
        {
            _waiting.Remove(node);
            append.Waiting = null;
        }
    }
}
