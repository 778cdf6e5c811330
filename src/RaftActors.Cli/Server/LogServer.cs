using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Network;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// The raft actor of a server, at <c>/user/raft</c>. It applies committed messages, writes the lines of <c>print</c> and <c>count</c>, and
/// answers clients. A failure ends the actor and the program, so that no server continues with a partial state.
/// </summary>
internal sealed partial class LogServer : RaftActor<string>, IRaftSnapshot<byte[]>, IWithTimers
{
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(1);
    private const int ReserveDivisor = 10;
    private static readonly TimeSpan ReserveMax = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(50);

    private readonly ServerSettings _settings;
    private readonly ServerTerminal _terminal;
    private readonly TaskCompletionSource<string> _failed;
    private readonly TimeProvider _clock;
    private readonly PendingAppends _appends;
    private readonly GroupView _view;
    private readonly AnnouncementFile _announced;
    private readonly Dictionary<RequestRef, Action<object>> _requests = [];
    private MessageLog _log = new();

    /// <param name="failed">Completed with the reason, if the program must end.</param>
    /// <param name="disk">The disk of <see cref="AnnouncementFile"/>; null: the data directory.</param>
    public LogServer(
        ServerSettings settings,
        ServerTerminal terminal,
        TaskCompletionSource<string> failed,
        TimeProvider clock,
        IDisk? disk = null)
        : base(OptionsOf(settings))
    {
        (_settings, _terminal, _failed, _clock) = (settings, terminal, failed, clock);
        _announced = AnnouncementFile.Load(disk ?? new FileDisk(settings.Data));
        _view = new GroupView(settings, clock.GetUtcNow());
        _appends = new PendingAppends((id, text, timeout) => Raft.Append(id, text, timeout), (client, reply) => client.Tell(reply, Self));
        Context.System.EventStream.Subscribe(Self, typeof(RaftEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ConnectionNews.Refused));
        Receive<Request>(OnRequest);
        Receive<RaftEvent>(OnEvent);
        Receive<Tick>(_ => OnTick());
        Receive<Outcome<Membership>>(outcome => Answer(outcome.Request, outcome));
        Receive<Explanation>(explanation => Answer(explanation.Request, explanation));
        Receive<Reply.StatusIs>(OnProbed);
        Receive<ProbeOver>(OnProbeOver);
        Receive<MembershipTick>(OnMembershipTick);
        Receive<ConnectionNews.Refused>(refused => OnUnreachable(refused.Address, Clause.Of(refused.Why)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    public byte[] TakeSnapshot(Serial serial) => MessageLogFormat.Write(_log);

    public void RestoreSnapshot(Serial serial, byte[] state)
    {
        NoteGroup();
        _log = MessageLogFormat.Read(state);
        for (var place = 1; place <= _log.Messages.Count; place++)
        {
            Announce(place);
            _appends.OnApplied(_log.Messages[place - 1], wasThere: true);
        }
    }

    // The store is open from here on: Raft.Status has the stored members.
    protected override void PreStart()
    {
        if (_announced.MembersIndex > 0)
        {
            _view.Restore(new LogIndex(_announced.MembersIndex), MembersAtStart());
        }

        LogStart();
    }

    protected override object? HandleAppend(Entry<string> entry)
    {
        NoteGroup();
        var isOwn = _appends.IsAttempt(entry.Request);
        var place = _log.Apply(entry.Key, entry.Value, entry.Serial.Value);
        if (place > 0)
        {
            Announce(place);
        }

        _appends.OnApplied(_log.Find(entry.Key)!, wasThere: place == 0 || !isOwn);
        return null;
    }

    protected override void HandleCancel(RequestRef request, CancelReason reason) => _appends.OnCancel(request, reason, Now);

    private static RaftOptions<string> OptionsOf(ServerSettings settings) => new()
    {
        Group = ServerId.GroupName,
        Name = ServerId.GroupName,
        Roster = settings.IsFounder ? [.. settings.Servers.Select(server => server.Process.Value)] : [],
        IsJoining = !settings.IsFounder,
        AllowFewerThanThree = true,
    };

    // The log has the configuration in force, also after 'raft recover'. Without a log the announced members are the best knowledge.
    private ImmutableArray<MemberLine> MembersAtStart() => Raft.Status.Identity == Guid.Empty
        ? [.. _announced.Members.Select(server => new MemberLine(server, IsVoter: true))]
        : [.. Raft.Status.Members.Select(member => new MemberLine(ServerId.Of(member.Name), member.IsVoter))];

    // An operator may have deleted the log and kept the announcement file. Called only after a commit: an uncommitted founding has a group
    // identity too, and another founding may replace it.
    private void NoteGroup()
    {
        if (_announced.NoteGroup(Raft.Status.Identity))
        {
            _view.Reset();
            _terminal.Log("ignores server/announced: it describes another group, whose log is gone");
        }
    }

    // The record is durable before the line is written: after a crash in between no line is written twice.
    private void Announce(int place)
    {
        var serial = _log.Messages[place - 1].Serial;
        if (serial > _announced.Serial && _log.AnnouncementAt(place) is { } line)
        {
            _announced.NoteSerial(serial);
            _terminal.Announce(line);
        }
    }

    private void OnRequest(Request request)
    {
        switch (request)
        {
            case Request.Append append:
                OnAppend(append);
                break;
            case Request.AddMember add:
                OnAddMember(add);
                break;
            case Request.RemoveMember remove:
                OnRemoveMember(remove);
                break;
            case Request.SetMaxQuorum set:
                OnSetMaxQuorum(set);
                break;
            case Request.Transfer transfer:
                OnTransfer(transfer);
                break;
            case Request.Status status:
                Sender.Tell(StatusOf(status.Number), Self);
                break;
            case Request.ReadLog read:
                Sender.Tell(PageOf(read), Self);
                break;
            case Request.Explain explain:
                var (client, number) = (Sender, explain.Number);
                _requests[Raft.Explain(Self)] = answer =>
                    client.Tell(new Reply.ExplanationIs(number, ServerId.Show(((Explanation)answer).Text)), Self);
                break;
        }
    }

    private void OnAppend(Request.Append append)
    {
        // Members that are missing in the JSON are null.
        var (id, text) = (append.RequestId ?? "", append.Text ?? "");
        if (MessageLimits.Problem(id, text) is { } problem)
        {
            Sender.Tell(new Reply.Refused(append.Number, problem, IsFinal: true), Self);
        }
        else if (_log.Find(id) is { } known)
        {
            Sender.Tell(PendingAppends.AnswerOf(append.Number, known, text, wasThere: true), Self);
        }
        else if (AppendProblem() is { } outside)
        {
            Sender.Tell(new Reply.Refused(append.Number, outside), Self);
        }
        else
        {
            _appends.Add(append with { RequestId = id, Text = text, Timeout = ServerTimeout(append.Timeout) }, Sender, Now);
            if (!_appends.IsEmpty)
            {
                Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);
            }
        }
    }

    private void OnTick()
    {
        _appends.OnTick(Now);
        if (_appends.IsEmpty)
        {
            Timers.Cancel(nameof(Tick));
        }
    }

    private void OnEvent(RaftEvent happened)
    {
        if (happened is RaftEvent.MembersChanged)
        {
            NoteGroup();
        }

        _view.Apply(happened, _clock.GetUtcNow());
        switch (happened)
        {
            case RaftEvent.LeaderChanged { Leader: { } } changed:
                _appends.OnLeader(changed.Term, _view.OtherLeader, Now);
                break;
            case RaftEvent.LeaderChanged:
                _appends.OnNoLeader();
                break;
            case RaftEvent.MembersChanged changed:
                OnMembers(changed);
                break;
            case RaftEvent.Removed:
                LogRemoved();
                break;
            case RaftEvent.Refused { Reason: RefusalReason.OtherIncarnation }:
                _isRejoining = true;
                break;
            // A fenced server keeps running and tells the others why. A stopped engine does nothing, so the program ends.
            case RaftEvent.Fenced fenced:
                _view.Exclude(fenced.Detail, isFenced: true);
                _terminal.Log($"is fenced: {_view.Note}");
                break;
            case RaftEvent.Stopped stopped:
                _view.Exclude(stopped.Detail, isFenced: false);
                _failed.TrySetResult($"{_view.Note}");
                break;
        }
    }

    // The view has no term until the role changes after a restart. The engine knows the stored term.
    private Reply.StatusIs StatusOf(long number) => new(
        number,
        _settings.Id,
        _view.Role,
        Math.Max(_view.Term, Raft.Status.Term),
        _view.Since,
        Raft.Serial.Value,
        Raft.Status.Committed.Value,
        _view.Leader,
        _view.Members ?? [],
        _view.Note,
        _view.Standing,
        Raft.Status.Identity,
        Raft.Status.MaxQuorum);

    private Reply.LogPage PageOf(Request.ReadLog read) => new(
        read.Number,
        [.. _log.PageAfter(read.After).Select(message => new LogMessage(message.Serial, message.Id, message.Text))],
        _log.Messages is [.., var last] ? last.Serial : 0);

    // A server outside any group can never append, so the client gets the refusal at once.
    private string? AppendProblem() => _view.Standing switch
    {
        ServerStanding.Waiting or ServerStanding.Removed =>
            $"Cannot append through this server: {_settings.Id} {_view.Note}. Ask a member of the group.",
        ServerStanding.Fenced =>
            $"Cannot append through this server: {_settings.Id} is fenced, and its log has the reason. Ask another server.",
        _ => null,
    };

    // The reply at the end of the time must still reach the client. So the server takes less time than the client gives.
    private static TimeSpan ServerTimeout(TimeSpan timeout)
    {
        var limited = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout > TimeoutMax ? TimeoutMax : timeout;
        return limited - (limited / ReserveDivisor < ReserveMax ? limited / ReserveDivisor : ReserveMax);
    }

    private void Answer(RequestRef request, object answer)
    {
        if (_requests.Remove(request, out var take))
        {
            take(answer);
        }
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
