using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// The open calls of one client: finds the group, sends Appends to its leader and questions to one process at a time, and sends them again
/// until they end. A call goes out on the thread of its caller, and a reply ends it on the thread that brings the reply. A timer looks at
/// the rest while a call is open. Thread-safe: a lock guards all.
/// </summary>
internal sealed class GroupCalls
{
    private const int TicksPerAttempt = 10;

    // Calls end at their timeouts also with a long attempt timeout.
    private const int TickMaxMilliseconds = 100;

    // The pause after the first decline is this part of the attempt timeout. It doubles up to half of it.
    private const int FirstPausePart = 32;
    private const int Doublings = 4;

    // All that a client remembers, as processes and as nodes.
    private const int LocationsMax = 2 * GroupFinder.ProcessesMax;

    private readonly Lock _lock = new();
    private readonly ClientSettings _settings;
    private readonly RaftHost _host;
    private readonly ICallNetwork _network;

    // Null: no Append was made yet. A command that only asks does without cryptography, which takes 5 ms to load. Nodes make it at once,
    // so that the seeds of simulations keep their meaning.
    private ClientSession? _session;
    private readonly AppendSession<ClientAppend> _appends;
    private readonly GroupFinder _finder;
    private readonly HashSet<ClientQuestion> _questions = [];
    private readonly Dictionary<Receiver, Location> _locations = [];
    private readonly TaskCompletionSource _stopped = new(Machine.Current.Completion);
    private readonly TimeSpan _attemptTimeout;
    private int _countOfAppends;
    private int _countOfQuestions;

    // Since then the process on the route was asked, and has not answered. Null: it has answered, or was not asked.
    private TimeSpan? _silentSince;
    private TimeSpan _pingedAt;

    // The highest serial that a process of the group has told, or 0. A restored group has another identity, and may have lower ones.
    private (GroupUid Group, Serial Serial)? _seen;
    private bool _hasAsked;
    private Action? _endTimer;
    private bool _isClosing;
    private TimeSpan _closesAt;

    public GroupCalls(ClientSettings settings, RaftHost host, ICallNetwork network)
    {
        (_settings, _host, _network, _attemptTimeout) = (settings, host, network, settings.AttemptTimeout);
        _session = host.System is null ? null : ClientSession.New();
        _appends = new AppendSession<ClientAppend>(() => Origin, _attemptTimeout, long.MaxValue, Send);
        _finder = new GroupFinder(
            settings.Group,
            process => Locate(new CallTarget(settings.Group, process.Name), process.Node, process),
            node => Locate(CallTarget.Registry, node, asked: null),
            network.CallAddress is { } own ? [own, .. settings.Contacts] : settings.Contacts,
            () => _network.Problems,
            _attemptTimeout,
            OnRoute);
    }

    /// <summary>Ends when the client was disposed, and its last calls have ended.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>The origin of all Appends of this client.</summary>
    public Member Origin => Session.Origin;

    /// <summary>The time since some start, for deadlines.</summary>
    public TimeSpan Now => _host.Now;

    private ClientSession Session => _session ??= ClientSession.New();

    private static RaftFailure NotSent { get; } =
        RaftFailure.NotDone(FailureReason.Closed, "The client was disposed before the pair was sent.");

    /// <summary>The members that take no calls, and whose nodes may tell why.</summary>
    public ImmutableArray<ProcessName> Idle
    {
        get
        {
            lock (_lock)
            {
                return [.. _finder.Idle];
            }
        }
    }

    private bool IsOpen => _appends.IsOpen || _questions.Count > 0;

    // The process that Appends are sent to. Null: none is known now, so they wait. A process that knows no leader could not do more.
    private ProcessAddress? Target => _finder.Route;

    private bool MustFindGroup => Target is null && (_appends.IsOpen || _questions.Any(question => question.Node is null));

    /// <summary>Sends an Append. False: as many are open as the client allows.</summary>
    public bool TryBegin(ClientAppend append)
    {
        if (Interlocked.Increment(ref _countOfAppends) > _settings.PendingMax)
        {
            OnEnded();
            return false;
        }

        lock (_lock)
        {
            append.Calls = this;
            _appends.Add(append, Now, mayGo: Target is not null);
            Watch();
        }

        return true;
    }

    /// <summary>Sends a question. False: as many are open as the client allows.</summary>
    public bool TryBegin(ClientQuestion question)
    {
        // A subscription has one open call. Its caller bounds the number of subscriptions.
        if (!question.IsOfSubscription && Interlocked.Increment(ref _countOfQuestions) > _settings.PendingMax)
        {
            Interlocked.Decrement(ref _countOfQuestions);
            return false;
        }

        lock (_lock)
        {
            var now = Now;
            question.Calls = this;
            (question.Deadline, question.NextAt) = (now + question.Timeout, now);
            _questions.Add(question);
            if (_isClosing)
            {
                End(question, FailureReason.Closed, "The client was disposed.");
                return true;
            }

            Send(question, now);
            Watch();
        }

        return true;
    }

    /// <summary>The caller waits no more.</summary>
    public void Cancel(ICaller caller)
    {
        lock (_lock)
        {
            if (caller is ClientAppend append)
            {
                _appends.Cancel(append);
            }
            else if (caller is ClientQuestion question && _questions.Contains(question))
            {
                End(question, FailureReason.Canceled, "The call was cancelled.");
            }
        }
    }

    /// <summary>
    /// Ends the client. Questions and Appends that were not sent end at once. Those that were sent have some time to end.
    /// </summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return;
            }

            _isClosing = true;
            _closesAt = Now + _settings.CloseTimeout;
            EndQuestions();
            _appends.Close(NotSent, sent: null);
            StopIfClosed(isOver: false);
        }
    }

    /// <summary>The actor system has stopped.</summary>
    public void OnSystemStopped()
    {
        lock (_lock)
        {
            _isClosing = true;
            EndQuestions();
            StopIfClosed(isOver: true, isConnected: false);
        }
    }

    /// <summary>An Append has ended.</summary>
    public void OnEnded() => Interlocked.Decrement(ref _countOfAppends);

    /// <summary>A reply to an Append.</summary>
    public void OnReply(ClientAppend append, object reply)
    {
        lock (_lock)
        {
            var now = Now;
            switch (reply)
            {
                case ClientReply.Lost(var node, var wasSent):
                    _appends.OnLost(append, wasSent, now);
                    _finder.OnUnreachable(node, now);
                    return;
                case Status.Failure { State: IOutcome unreadable } failure:
                    OnHeard();
                    ReceiveUnreadable(unreadable, failure.Cause, now);
                    break;
                case Status.Failure:
                    // Not even the outcome can be read.
                    OnHeard();
                    _appends.OnLost(append, wasSent: true, now);
                    break;
                case IOutcome outcome:
                    OnHeard();
                    _appends.Receive(outcome, now);
                    break;
                case ClientReply.NotLeading elsewhere:
                    _appends.OnLost(append, elsewhere.MayBeWritten, now);
                    var hadTarget = Target is not null;
                    _silentSince = null;
                    _finder.OnNotLeading(elsewhere, now);
                    if (hadTarget && Target is null && !_hasAsked)
                    {
                        // Once a tick: a follower that is on the route, because the leader is silent, answers so again and again.
                        _hasAsked = true;
                        _finder.Ask(now);
                    }

                    return;
                case ClientReply.Declined:
                    // The process is not there any more.
                    _appends.OnLost(append, wasSent: false, now);
                    _finder.OnSilent(now);
                    return;
            }

            if (Target is not null)
            {
                _appends.SendWaiting(now);
            }

            StopIfClosed(isOver: false);
        }
    }

    /// <summary>A reply to a question.</summary>
    public void OnReply(ClientQuestion question, object reply)
    {
        lock (_lock)
        {
            if (!_questions.Contains(question))
            {
                return;
            }

            var now = Now;
            switch (reply)
            {
                case ClientReply.Lost(var node, var wasSent):
                    question.Attempts -= wasSent || question.Attempts == 0 ? 0 : 1;
                    question.NextAt = now;
                    _finder.OnUnreachable(node, now);
                    if (question.MayRepeat && wasSent)
                    {
                        Send(question, now);
                    }
                    else
                    {
                        EndUnreached(question);
                    }

                    break;
                case ClientReply.Declined declined:
                    OnDeclined(question, declined.Why, now);
                    break;
                default:
                    if (question.Asked is { } asked)
                    {
                        _finder.OnHeard(asked);
                        _silentSince = asked == Target ? null : _silentSince;
                    }

                    Remove(question);
                    question.End(reply is Status.Failure { Cause.Message: var why }
                        // The reply to a change that cannot be read may say that it is done.
                        ? new ClientReply.Failed(question.MayRepeat
                            ? RaftFailure.NotDone(FailureReason.Invalid, why)
                            : RaftFailure.Unknown(FailureReason.TimedOut))
                        : reply);
                    break;
            }
        }
    }

    // The outcome comes without its result, which is of a type that this node does not know.
    private void ReceiveUnreadable(IOutcome outcome, Exception cause, TimeSpan now)
    {
        if (outcome.Failure is not null)
        {
            _appends.Receive(outcome, now);
        }
        else if (_appends.Take(outcome.Request) is { } append)
        {
            append.Fail(new InvalidOperationException(
                $"The pair of {outcome.Request} is committed, and this client cannot read its result. {cause.Message} Create the client "
                    + "with the result type of the actors.",
                cause));
        }
    }

    private void OnLocated(ClientReply.Located located)
    {
        var now = Now;
        if (located.By == Target?.Name)
        {
            _silentSince = null;
        }

        Note(located);
        _finder.Receive(located, now);
        TellQuestions(now);
    }

    // Invariant: the serial is of the group that the client asks. After a change nothing is known, because a process of the group before
    // may still answer.
    private void Note(ClientReply.Located located)
    {
        if (located.By is null)
        {
            return;
        }

        _seen = _seen is not { } seen ? (located.Uid, located.Committed)
            : seen.Group != located.Uid ? (located.Uid, Serial.Zero)
            : (located.Uid, new Serial(Math.Max(seen.Serial.Value, located.Committed.Value)));
    }

    private void OnHeard()
    {
        _silentSince = null;
        if (Target is { } target)
        {
            _finder.OnHeard(target);
        }
    }

    private void Watch()
    {
        if (_endTimer is null && IsOpen)
        {
            if (MustFindGroup)
            {
                _finder.Ask(Now);
            }

            var interval = TimeSpan.FromMilliseconds(
                Math.Clamp((_attemptTimeout / TicksPerAttempt).TotalMilliseconds, 1, TickMaxMilliseconds));
            _endTimer = _host.Repeat(interval, OnTick);
        }
    }

    private void OnTick()
    {
        lock (_lock)
        {
            var now = Now;
            _hasAsked = false;
            if (now - _silentSince >= _attemptTimeout)
            {
                _finder.OnSilent(now);
            }

            _appends.EndLate(now, WhyNotSent);

            // A leader that was deposed says so. Its silence counts on when the calls end, because their own timeouts may be shorter.
            if (IsOpen && now - _pingedAt >= _attemptTimeout / 4 && _finder.TryPing())
            {
                _pingedAt = now;
                _silentSince ??= now;
            }

            if (Target is not null)
            {
                _appends.SendOverdue(now);
                _appends.SendWaiting(now);
            }

            if (MustFindGroup)
            {
                _finder.Ask(now);
            }

            TellQuestions(now);
            if (!IsOpen)
            {
                _endTimer?.Invoke();
                _endTimer = null;
            }

            StopIfClosed(isOver: now >= _closesAt);
        }
    }

    private void OnRoute(TimeSpan now)
    {
        _silentSince = null;
        if (Target is not null)
        {
            if (_finder.Leader is { } leader)
            {
                _host.Publish(new LeaderFound(_settings.Group, leader));
            }

            _appends.SendAll(now);
        }
    }

    private void TellQuestions(TimeSpan now)
    {
        foreach (var question in _questions.ToArray())
        {
            if (question.Deadline <= now)
            {
                var why = question.Why ?? (question.Attempts > 0 ? "No process answered in time." : _finder.WhyNoRoute);
                End(question, question.Silence, why);
            }
            else if (question.NextAt <= now && (question.MayRepeat || question.Attempts == 0))
            {
                Send(question, now);
            }
        }
    }

    private RaftFailure WhyNotSent() => Target is null
        ? RaftFailure.NotDone(FailureReason.NoLeader, _finder.WhyNoRoute)
        : RaftFailure.NotDone(FailureReason.Busy, "It waited for earlier Appends of this client until its timeout. Append it again later.");

    // The first repeats go with the next tick, to other processes. Then the pauses double, so that thousands of clients do not load
    // processes that can answer none of them.
    private TimeSpan PauseAfter(int declines) => _attemptTimeout / (FirstPausePart >> Math.Min(declines - 1, Doublings));

    // The process, or this program, did not take it, so a call that is sent once counts as not sent.
    private void OnDeclined(ClientQuestion question, string why, TimeSpan now)
    {
        question.Attempts -= question.MayRepeat ? 0 : 1;
        (question.Why, question.NextAt) = (why, now + PauseAfter(++question.Declines));
    }

    private bool Send(ClientAppend append)
    {
        if (Target is not { } target)
        {
            return false;
        }

        // The next tick ends it if its time is up. A process could not read a negative time.
        var now = Now;
        var left = append.Deadline > now ? append.Deadline - now : TimeSpan.Zero;
        ClientCall.Append call = new(
            Session, append.Number, append.Key, append.Value, left, append.Attempts > 1, append.RequestKey, append.Span?.Context)
        {
            Started = append.Started = append.Attempts > 1 ? append.Started : _seen?.Serial ?? Serial.Zero,
        };
        append.Link = LinkTo(target.Node, append, append.Link);
        var sending = append.Link.Send(new CallTarget(_settings.Group, target.Name), call, append);
        if (sending == CallSending.Unreachable)
        {
            _finder.OnUnreachable(target.Node, now);
        }

        return sending == CallSending.Sent;
    }

    private void Send(ClientQuestion question, TimeSpan now)
    {
        var tries = question.MayRepeat ? question.Attempts : question.Declines;
        var process = question.Node is null
            ? _finder.Find(question.To, tries, question.PrefersOwnNode ? _network.CallAddress : null)
            : null;
        if ((question.Node ?? process?.Node) is not { } node)
        {
            return;
        }

        question.Link = LinkTo(node, question, question.Link);
        question.Asked = process;
        question.Attempts++;
        question.NextAt = now + _attemptTimeout;
        var target = process is { } asked ? new CallTarget(_settings.Group, asked.Name) : CallTarget.Registry;
        switch (question.Link.Send(target, question.ToCall(now), question))
        {
            case CallSending.Full:
                OnDeclined(question, ICallLink.WhyFull(node), now);
                break;
            case CallSending.Unreachable:
                question.Attempts--;
                question.NextAt = now + PauseAfter(++question.Declines);
                _finder.OnUnreachable(node, now);
                EndUnreached(question);
                break;
        }
    }

    // A call waits for its reply at one link, so it leaves the former one.
    private ICallLink LinkTo(Address node, ICaller caller, ICallLink? former)
    {
        var link = _network.LinkTo(node);
        if (former != link)
        {
            former?.Forget(caller);
        }

        return link;
    }

    // One for each receiver: a repeat replaces the one before, whose reply may have been lost.
    private void Locate(CallTarget target, Address node, ProcessAddress? asked)
    {
        var receiver = new Receiver(target.Process?.Value, node);
        if (!_locations.TryGetValue(receiver, out var location))
        {
            if (_locations.Count >= LocationsMax)
            {
                ForgetLocations();
            }

            _locations.Add(receiver, location = new Location(this, asked));
        }

        // If the queue is full, the next tick or ping asks again.
        if (_network.LinkTo(node).Send(target, new ClientCall.Locate(_settings.Group), location) == CallSending.Unreachable)
        {
            _finder.OnUnreachable(node, Now);
        }
    }

    private void ForgetLocations()
    {
        foreach (var (receiver, location) in _locations)
        {
            _network.LinkTo(receiver.Node).Forget(location);
        }

        _locations.Clear();
    }

    private void EndQuestions()
    {
        foreach (var question in _questions.ToArray())
        {
            End(question, FailureReason.Closed, "The client was disposed, or its actor system has stopped.");
        }
    }

    // A question for one node ends: no other node can answer it. One for an idle process ends too, because its node is often down.
    private void EndUnreached(ClientQuestion question)
    {
        if ((question.Node ?? _finder.NodeOfIdle(question.Asked?.Name)) is { } node && question.Link is { } link)
        {
            var why = $"No connection to {link.Problem ?? $"{node}"}; a node without raft actors listens nowhere.";
            End(question, question.Silence, why);
        }
    }

    private void End(ClientQuestion question, FailureReason cause, string why)
    {
        Remove(question);
        question.End(cause, why);
    }

    private void Remove(ClientQuestion question)
    {
        if (_questions.Remove(question))
        {
            question.Link?.Forget(question);
            if (!question.IsOfSubscription)
            {
                Interlocked.Decrement(ref _countOfQuestions);
            }
        }
    }

    private void StopIfClosed(bool isOver, bool isConnected = true)
    {
        if (_isClosing && (isOver || !_appends.IsOpen))
        {
            if (isConnected)
            {
                TellClosed();
            }

            _appends.Close(NotSent, RaftFailure.Unknown(FailureReason.Closed));
            _endTimer?.Invoke();
            _endTimer = null;
            ForgetLocations();
            _stopped.TrySetResult();
        }
    }

    // The call has no answer. If it is lost, the group remembers the client longer.
    private void TellClosed()
    {
        if (_appends.Last > 0 && !_stopped.Task.IsCompleted && Target is { } target)
        {
            var link = _network.LinkTo(target.Node);
            Unheard caller = new();
            link.Send(new CallTarget(_settings.Group, target.Name), new ClientCall.Close(Session, _appends.Last), caller);
            link.Forget(caller);
        }
    }

    /// <summary>The client sends its calls to this leader from now on, or to a process that follows it. Published as an event.</summary>
    internal sealed record LeaderFound(string Group, ProcessName Leader);

    // Without a struct: generic code over structs is compiled at each start of a program.
    private sealed record Receiver(string? Process, Address Node);

    private sealed class Unheard : ICaller
    {
        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender)
        {
        }
    }

    /// <summary>A question for the leader. Its reply is news for the whole client.</summary>
    /// <param name="asked">Null: a registry.</param>
    private sealed class Location(GroupCalls calls, ProcessAddress? asked) : ICaller
    {
        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender)
        {
            lock (calls._lock)
            {
                switch (message)
                {
                    case ClientReply.Located located:
                        calls.OnLocated(located);
                        break;
                    case ClientReply.Lost(var node, _):
                        calls._finder.OnUnreachable(node, calls.Now);
                        break;
                    case ClientReply.Declined when asked is { } gone && gone == calls._finder.Route:
                        calls._finder.OnSilent(calls.Now);
                        break;
                }
            }
        }
    }
}
