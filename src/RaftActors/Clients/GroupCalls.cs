using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Network;
using RaftActors.Sessions;
using RaftActors.Settings;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// The open calls of one client: sends Appends to the leader of the group and questions to one process at a time, and sends them again
/// until they end. <see cref="GroupRoute"/> finds the leader. A call goes out on the thread of its caller, and a reply ends it on the
/// thread that brings the reply. A timer looks at the rest while a call is open. Thread-safe: a lock guards all.
/// </summary>
internal sealed class GroupCalls
{
    private const int TicksPerAttempt = 10;

    // Calls end at their timeouts also with a long attempt timeout.
    private const int TickMaxMilliseconds = 100;

    // The pause after the first decline is this part of the attempt timeout. It doubles up to half of it.
    private const int FirstPausePart = 32;

    private readonly Lock _lock = new();
    private readonly ClientSettings _settings;
    private readonly RaftHost _host;
    private readonly ICallNetwork _network;

    // Null: no Append was made yet. A command that only asks does without cryptography, which takes 5 ms to load. Nodes make it at once,
    // so that the seeds of simulations keep their meaning.
    private ClientSession? _session;
    private readonly AppendSession<ClientAppend> _appends;
    private readonly GroupRoute _route;
    private readonly HashSet<ClientQuestion> _questions = [];
    private readonly TaskCompletionSource _stopped = new(Machine.Current.Completion);
    private readonly TimeSpan _attemptTimeout;
    private int _countOfAppends;
    private int _countOfQuestions;
    private Action? _endTimer;
    private bool _isClosing;
    private TimeSpan _closesAt;

    public GroupCalls(ClientSettings settings, RaftHost host, ICallNetwork network)
    {
        (_settings, _host, _network, _attemptTimeout) = (settings, host, network, settings.AttemptTimeout);
        _session = host.System is null ? null : ClientSession.New();
        _appends = new AppendSession<ClientAppend>(() => Origin, _attemptTimeout, long.MaxValue, Send);
        _route = new GroupRoute(_lock, settings, host, network, OnRoute, TellQuestions);
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
                return [.. Finder.Idle];
            }
        }
    }

    /// <inheritdoc cref="RaftClient.Leader"/>
    public ProcessName? Leader
    {
        get
        {
            lock (_lock)
            {
                return Target is null ? null : Finder.Leader;
            }
        }
    }

    private bool IsOpen => _appends.IsOpen || _questions.Count > 0;

    private GroupFinder Finder => _route.Finder;

    private ProcessAddress? Target => _route.Target;

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
                    Finder.OnUnreachable(node, now);
                    return;
                case Status.Failure { State: IOutcome unreadable } failure:
                    _route.OnHeard(from: null);
                    ReceiveUnreadable(unreadable, failure.Cause, now);
                    break;
                case Status.Failure:
                    // Not even the outcome can be read.
                    _route.OnHeard(from: null);
                    _appends.OnLost(append, wasSent: true, now);
                    break;
                case IOutcome outcome:
                    _route.OnHeard(from: null);
                    _appends.Receive(outcome, now);
                    break;
                case ClientReply.NotLeading elsewhere:
                    _appends.OnLost(append, elsewhere.MayBeWritten, now);
                    _route.OnNotLeading(elsewhere, now);
                    return;
                case ClientReply.Declined:
                    // The process is not there any more.
                    _appends.OnLost(append, wasSent: false, now);
                    Finder.OnSilent(now);
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
                    Finder.OnUnreachable(node, now);
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
                        _route.OnHeard(asked);
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

    private void Watch()
    {
        if (_endTimer is null && IsOpen)
        {
            if (MustFindGroup)
            {
                Finder.Ask(Now);
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
            _route.OnTick(now);
            _appends.EndLate(now, WhyNotSent);
            if (IsOpen)
            {
                _route.Watch(now);
            }

            if (Target is not null)
            {
                _appends.SendOverdue(now);
                _appends.SendWaiting(now);
            }

            if (MustFindGroup)
            {
                Finder.Ask(now);
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
        if (Target is not null)
        {
            _appends.SendAll(now);
        }
    }

    private void TellQuestions(TimeSpan now)
    {
        foreach (var question in _questions.ToArray())
        {
            if (question.Deadline <= now)
            {
                var why = question.Why ?? (question.Attempts > 0 ? "No process answered in time." : Finder.WhyNoRoute);
                End(question, question.Silence, why);
            }
            else if (question.NextAt <= now && (question.MayRepeat || question.Attempts == 0))
            {
                Send(question, now);
            }
        }
    }

    private RaftFailure WhyNotSent() => Target is null
        ? RaftFailure.NotDone(FailureReason.NoLeader, Finder.WhyNoRoute)
        : RaftFailure.NotDone(FailureReason.Busy, "It waited for earlier Appends of this client until its timeout. Append it again later.");

    // The first repeats go with the next tick, to other processes. Then the pauses double, so that thousands of clients do not load
    // processes that can answer none of them.
    private TimeSpan PauseAfter(int declines) => GrowingPause.After(declines, _attemptTimeout / FirstPausePart, _attemptTimeout / 2);

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
        var left = append.LeftAt(now);
        var ((key, value, count), parent) = (append.Pairs, append.Span?.Context);
        ClientCall.Append call = new(Session, append.Number, key, value, left, append.Attempts > 1, append.RequestKey, parent)
        {
            Started = append.Started = append.Attempts > 1 ? append.Started : _route.Seen,
            IfSerial = append.IfSerial,
            Count = count,
        };
        append.Link = LinkTo(target.Node, append, append.Link);
        var sending = append.Link.Send(new CallTarget(_settings.Group, target.Name), call, append);
        if (sending == CallSending.Unreachable)
        {
            Finder.OnUnreachable(target.Node, now);
        }

        return sending == CallSending.Sent;
    }

    private void Send(ClientQuestion question, TimeSpan now)
    {
        var tries = question.MayRepeat ? question.Attempts : question.Declines;
        var process = question.Node is null
            ? Finder.Find(question.To, tries, question.PrefersOwnNode ? _network.CallAddress : null)
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
                Finder.OnUnreachable(node, now);
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
        if ((question.Node ?? Finder.NodeOfIdle(question.Asked?.Name)) is { } node && question.Link is { } link)
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
            _route.Close();
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

    private sealed class Unheard : ICaller
    {
        public RequestRef Request => default;

        public void Tell(object message, IActorRef sender)
        {
        }
    }
}
