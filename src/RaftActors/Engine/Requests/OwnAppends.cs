using RaftActors.Core;
using RaftActors.Sessions;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open Appends of this process's actor. As for a client, an <see cref="AppendSession{T}"/> sends them to the leader in their order,
/// bounds and repeats them, and ends them at their deadlines. But an Append ends when its entry is committed in this process's own log,
/// because the actor of this process gives the result. So the leader answers only if there is no new entry.
/// </summary>
internal sealed class OwnAppends : IEntryPart, IAppendOrigin
{
    private readonly EngineContext _context;
    private readonly AppendTraces _traces;
    private readonly LeaderProposals _proposals;
    private readonly AppendSession<OwnAppend> _session;

    // The route of the latest Append. Null if it was out of reach since, because Appends on their way may be lost.
    private LeaderRoute? _route;

    public OwnAppends(EngineContext context, AppendTraces traces, LeaderProposals proposals)
    {
        var settings = context.Process.Settings;
        (_context, _traces, _proposals) = (context, traces, proposals);
        _session = new AppendSession<OwnAppend>(
            () => context.Process.Member, settings.Timing.ElectionTimeoutMax, settings.Limits.InflightSizeMaxBytes, Send);
    }

    public int Count => _session.Count;

    public bool HasRequests => _session.IsOpen;

    private TimeSpan Now => _context.Now * _context.Process.Settings.Timing.TickInterval;

    public void Submit(ToEngine.Append made)
    {
        if (FindObstacle(made) is { } obstacle)
        {
            _context.CancelAppend(made.Request, obstacle);
            return;
        }

        if (made.Span is { } span)
        {
            _traces.Note(made.Request.Id, span.Context);
        }

        var mayGo = TryFollow();
        _session.Add(new OwnAppend(made, _context), Now, mayGo);
        if (mayGo)
        {
            _session.SendWaiting(Now);
        }
    }

    public void OnServerInSight() => SendWaiting();

    public void OnCommitMoved() => SendWaiting();

    public void Receive(AppendReply reply)
    {
        var request = RequestRef.Of(reply.Request);
        if (_session.Find(request) is not { } append)
        {
            return;
        }

        switch (reply)
        {
            case { Failure: { } failure }:
                _session.Receive(failure.ToOutcome<object?>(request), Now);
                break;
            case { Committed: { } serial }:
                End(request, serial);
                _context.EndRepeated(request, serial);
                break;
            default:
                // The leader has no actor now, or no longer leads. To send at once would be a busy loop.
                _session.OnLost(append, wasSent: false, Now);
                break;
        }
    }

    public void OnCommitted(LogEntry entry)
    {
        if (entry.Request is { } request && request.Origin == _context.Process.Member)
        {
            End(RequestRef.Of(request), entry.Serial);
        }
    }

    /// <summary>
    /// A process is out of reach. If it leads, all open Appends are sent again once it is back. Otherwise a later one would overtake those
    /// that were lost with the connection.
    /// </summary>
    public void OnUnreachable(ProcessName peer) => TryFollow();

    /// <summary>A snapshot was installed, which may have the pairs of open Appends. They are sent again to learn their serials.</summary>
    public void OnInstalled(Snapshot snapshot) => _route = null;

    public void OnTick()
    {
        _session.EndLate(Now, WhyNotSent);
        if (_session.IsOpen && TryFollow())
        {
            _session.SendOverdue(Now);
            SendWaiting();
        }
    }

    public void OnStopped() => _session.Close(_context.Process.EngineStopped, RaftFailure.Unknown(FailureReason.Stopped));

    // Sends the Appends that wait, or all open ones on a new route to the leader.
    private void SendWaiting()
    {
        if (_session.IsOpen && TryFollow())
        {
            _session.SendWaiting(Now);
        }
    }

    private RaftFailure? FindObstacle(ToEngine.Append made) =>
        made.Refusal ?? _context.FindObstacle(made.Request.Id, made.RequestKey?.Hash);

    // Sends all open Appends again on a new route. Returns false if there is none.
    private bool TryFollow()
    {
        if (_context.FindLeader() is not { } route)
        {
            _route = null;
            return false;
        }

        if (route != _route)
        {
            _route = route;
            _session.SendAll(Now);
        }

        return true;
    }

    private bool Send(OwnAppend append)
    {
        if (_route is not { } route || route.Connection is { TakesMessages: false })
        {
            return false;
        }

        var request = append.Request.Id;
        var message = new WireMessage.AppendRequest(
            request, append.Pairs.Key, append.Pairs.Value, IsRetry: append.Attempts > 1, append.RequestKey)
        {
            Started = append.Started,
            IfSerial = append.IfSerial,
            Count = append.Pairs.Count,
            Timeout = append.LeftAt(Now),
        };
        if (route.Engine == _context.Self)
        {
            _proposals.Submit(message, this);
        }
        else
        {
            _context.Send(route.Engine, _traces.Attach(message));
        }

        return true;
    }

    private void End(RequestRef request, Serial serial) =>
        _session.Receive(new Outcome<object?> { Serial = serial, Request = request }, Now);

    private RaftFailure WhyNotSent()
    {
        if (_context.FindLeader() is not null)
        {
            return RaftFailure.NotDone(
                FailureReason.Busy, "It waited for earlier Appends of this process until its timeout. Append it again later.");
        }

        var status = _context.Process.Status;
        var others = status.Members.Select(member => member.Name).Where(name => name != status.Name && !status.Reachable.Contains(name));
        var lost = string.Join(", ", others);
        return RaftFailure.NotDone(
            FailureReason.NoLeader, $"No leader could be reached in time{(lost.Length > 0 ? $". Out of reach: {lost}" : "")}.");
    }

    // OpenAppends has the span, which ends with the outcome.
    private sealed class OwnAppend : SessionAppend
    {
        private readonly EngineContext _context;
        private bool _hasEnded;

        public OwnAppend(ToEngine.Append made, EngineContext context)
            : base(made.Pairs, made.Timeout, made.RequestKey, made.IfSerial) =>
            (_context, Number, Request, Started) =
                (context, made.Request.Number, made.Request, context.Process.Pairs.CommittedSerial);

        public override RequestRef Request { get; }

        public override bool HasEnded => _hasEnded;

        public override void End(IOutcome outcome)
        {
            _hasEnded = true;
            if (outcome.Failure is { } reason)
            {
                _context.CancelAppend(Request, reason);
            }
        }
    }
}
