using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Server;

/// <summary>
/// The messages that clients of this server want appended and that are not in the log yet, each under its request id. As long as somebody
/// waits, a message is appended anew whenever its outcome is unknown, since the same id is applied once: when another leader is known, and
/// when an attempt has come to nothing.
/// </summary>
/// <param name="append">Appends a pair, which may take so long.</param>
/// <param name="tell">Tells a client.</param>
internal sealed class PendingAppends(Func<string, string, TimeSpan, RequestRef> append, Action<IActorRef, Reply> tell)
{
    private static readonly TimeSpan AttemptMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    // An attempt that takes all the time that is left ends a moment after it.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(250);

    // In the order in which they came, so that what is appended anew keeps it.
    private readonly SortedDictionary<long, Pending> _inOrder = [];
    private readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);
    private readonly Dictionary<RequestRef, Pending> _attempts = [];
    private (Term Term, ServerId? Other)? _leader;
    private long _came;

    public bool IsEmpty => _pending.Count == 0;

    public void Add(Request.Append request, IActorRef client, TimeSpan now)
    {
        if (!_pending.TryGetValue(request.RequestId, out var pending))
        {
            pending = new Pending(++_came, request.RequestId, request.Text);
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
        TellWay(waiter);
        if (pending.Attempts.Count == 0)
        {
            Attempt(pending, now);
        }
    }

    /// <summary>Another leader is known, or none.</summary>
    /// <param name="other">The leader, if it is another server; null: this one leads.</param>
    public void OnLeader(Term term, ServerId? other, TimeSpan now)
    {
        _leader = (term, other);
        foreach (var pending in _inOrder.Values)
        {
            pending.Waiters.ForEach(TellWay);

            // What was tried when nobody led goes to this one; what went to another one may be lost with it.
            if (pending.AttemptTerm is { } attempted && attempted != term)
            {
                Attempt(pending, now);
            }
        }
    }

    public void OnNoLeader() => _leader = null;

    /// <summary>A message of this id is in the log, be it the one that is waited for or not.</summary>
    /// <param name="wasThere">Something else than an attempt of this server brought it.</param>
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

    /// <summary>An attempt has come to nothing, as far as this server knows.</summary>
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

        Look(pending, now);
    }

    /// <summary>Time went by.</summary>
    public void OnTick(TimeSpan now)
    {
        foreach (var pending in _inOrder.Values.ToArray())
        {
            Look(pending, now);
        }
    }

    /// <summary>What a client is told whose message, or another one, is in the log under its request id.</summary>
    public static Reply AnswerOf(long number, Message message, string text, bool wasThere) => message.Text == text
        ? new Reply.Committed(number, message.Serial, wasThere)
        : UsedFor(number, message.Id);

    private static Reply.Refused UsedFor(long number, string id) => new(
        number,
        $"The request id {id} was used for another message. Name another one with --request-id, or leave it out.",
        IsFinal: true);

    private void TellWay(Waiter waiter)
    {
        if (_leader is (_, { } other) && waiter.ToldLeader != other)
        {
            waiter.ToldLeader = other;
            tell(waiter.Client, new Reply.Redirected(waiter.Number, other));
        }
    }

    private void Look(Pending pending, TimeSpan now)
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
        else if (!isOpen && now - pending.AttemptedAt >= Pause)
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

        /// <summary>Those whose end is not known.</summary>
        public List<RequestRef> Attempts { get; } = [];

        public TimeSpan AttemptedAt { get; set; }

        /// <summary>Who led when it was tried last; null: nobody was known to.</summary>
        public Term? AttemptTerm { get; set; }

        /// <summary>An attempt has ended, and nobody knows how.</summary>
        public bool MayBeInLog { get; set; }

        /// <summary>Why the last attempt that is known to have failed has.</summary>
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
