using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Core;
using RaftActors.Engine.Requests;

namespace RaftActors.Cli.Server;

/// <summary>
/// The appends of this server's clients that are not in the log yet, by request id. While a client waits, a message is appended again after
/// a change of leader and after a failed attempt. Retries are safe, because a request id is applied once.
/// </summary>
/// <param name="append">Appends a pair, with a time limit.</param>
/// <param name="tell">Sends a reply to a client.</param>
internal sealed class PendingAppends(Func<string, string, TimeSpan, RequestRef> append, Action<IActorRef, Reply> tell)
{
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    // An attempt with all the remaining time may end a moment after the deadline.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    // In order of arrival, so that retries keep that order.
    private readonly SortedDictionary<long, Pending> _inOrder = [];
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly Dictionary<RequestRef, Pending> _attempts = [];
    private (long Term, ServerId? Other)? _leader;
    private long _lastPlace;

    public bool IsEmpty => _pending.Count == 0;

    public void Add(Request.Append request, IActorRef client, TimeSpan now)
    {
        if (!_pending.TryGetValue(request.RequestId, out var pending))
        {
            pending = new Pending(++_lastPlace, request.RequestId, request.Text);
            _pending.Add(request.RequestId, pending);
            _inOrder.Add(pending.Place, pending);
        }
        else if (pending.Text != request.Text)
        {
            tell(client, UsedFor(request.Number, request.RequestId));
            return;
        }

        var waiter = new Waiter(client, request.Number, now + request.Timeout);
        pending.Waiters.Add(waiter);
        TellRedirect(waiter);
        if (pending.Attempts.Count == 0)
        {
            Attempt(pending, now);
        }
    }

    /// <summary>A leader is known.</summary>
    /// <param name="other">The leader, if it is another server; null: this server leads.</param>
    public void OnLeader(long term, ServerId? other, TimeSpan now)
    {
        _leader = (term, other);
        foreach (var pending in _inOrder.Values)
        {
            pending.Waiters.ForEach(TellRedirect);

            // An attempt made without a leader reaches this one. An attempt sent to an earlier leader may be lost with it.
            if (pending.AttemptTerm is { } attempted && attempted != term)
            {
                Attempt(pending, now);
            }
        }
    }

    public void OnNoLeader() => _leader = null;

    /// <summary>A message with a request id was applied, possibly with another text than the pending one.</summary>
    /// <param name="wasThere">It was not appended by an attempt of this server.</param>
    public void OnApplied(Message message, bool wasThere)
    {
        if (!_pending.TryGetValue(message.Id, out var pending))
        {
            return;
        }

        foreach (var waiter in pending.Waiters)
        {
            tell(waiter.Client, AnswerOf(waiter.Number, message, pending.Text, wasThere));
        }

        Forget(pending);
    }

    public bool IsAttempt(RequestRef? request) => request is { } own && _attempts.ContainsKey(own);

    /// <summary>An attempt ended without a commit that this server knows of.</summary>
    public void OnCancel(RequestRef request, CancelReason reason, TimeSpan now)
    {
        if (!_attempts.Remove(request, out var pending))
        {
            return;
        }

        pending.Attempts.Remove(request);
        if (reason is CancelReason.NotCommitted { Detail: var detail })
        {
            pending.Obstacle = Clause.Of(ServerId.Show(detail));
        }
        else
        {
            pending.MayBeInLog = true;
        }

        Review(pending, now);
    }

    /// <summary>Ends the appends whose time is up, and retries others.</summary>
    public void OnTick(TimeSpan now)
    {
        foreach (var pending in _inOrder.Values.ToArray())
        {
            Review(pending, now);
        }
    }

    /// <summary>The reply to an append whose request id is in the log.</summary>
    public static Reply AnswerOf(long number, Message message, string text, bool wasThere) => message.Text == text
        ? new Reply.Committed(number, message.Serial, wasThere)
        : UsedFor(number, message.Id);

    private static Reply.Refused UsedFor(long number, string id) => new(
        number,
        $"The request id {id} was used for another message. Use another --request-id, or leave it out.",
        IsFinal: true);

    private void TellRedirect(Waiter waiter)
    {
        if (_leader is (_, { } other) && waiter.ToldLeader != other)
        {
            waiter.ToldLeader = other;
            tell(waiter.Client, new Reply.Redirected(waiter.Number, other));
        }
    }

    private void Review(Pending pending, TimeSpan now)
    {
        var isOpen = pending.Attempts.Count > 0;
        foreach (var waiter in pending.Waiters.Where(one => one.Deadline + (isOpen ? Grace : TimeSpan.Zero) <= now).ToArray())
        {
            pending.Waiters.Remove(waiter);
            tell(waiter.Client, isOpen || pending.MayBeInLog ? Unknown(waiter) : NotCommitted(pending, waiter));
        }

        if (pending.Waiters.Count == 0)
        {
            Forget(pending);
        }
        else if (!isOpen && now - pending.AttemptedAt >= RetryInterval)
        {
            Attempt(pending, now);
        }
    }

    private static Reply.Unknown Unknown(Waiter waiter) => new(waiter.Number, "The time is up, and the message may have reached a leader.");

    private static Reply.Refused NotCommitted(Pending pending, Waiter waiter) =>
        new(waiter.Number, $"The time is up, and the message is not in the log: {pending.Obstacle}.");

    private void Attempt(Pending pending, TimeSpan now)
    {
        var left = pending.Waiters.Max(waiter => waiter.Deadline) - now;
        if (left <= TimeSpan.Zero)
        {
            return;
        }

        var attempt = append(pending.Id, pending.Text, left < AttemptMax ? left : AttemptMax);
        (pending.AttemptedAt, pending.AttemptTerm) = (now, _leader?.Term);
        pending.Attempts.Add(attempt);
        _attempts.Add(attempt, pending);
    }

    private void Forget(Pending pending)
    {
        _pending.Remove(pending.Id);
        _inOrder.Remove(pending.Place);
        pending.Attempts.ForEach(attempt => _attempts.Remove(attempt));
    }

    private sealed class Pending(long place, string id, string text)
    {
        public long Place => place;

        public string Id { get; } = id;

        public string Text { get; } = text;

        public List<Waiter> Waiters { get; } = [];

        /// <summary>The attempts that have not ended.</summary>
        public List<RequestRef> Attempts { get; } = [];

        public TimeSpan AttemptedAt { get; set; }

        /// <summary>Term of the leader at the last attempt; null: no leader was known.</summary>
        public long? AttemptTerm { get; set; }

        /// <summary>Whether an attempt ended with an unknown outcome.</summary>
        public bool MayBeInLog { get; set; }

        /// <summary>Why the last refused attempt was refused.</summary>
        public string Obstacle { get; set; } = "no leader could be reached";
    }

    private sealed class Waiter(IActorRef client, long number, TimeSpan deadline)
    {
        public IActorRef Client => client;

        public long Number => number;

        public TimeSpan Deadline => deadline;

        public ServerId? ToldLeader { get; set; }
    }
}
