using System.Collections.Immutable;

using Akka.Actor;
using Akka.Remote;

using RaftActors.Cli.Protocol;
using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// A server of the message log, at <c>/user/raft</c>: applies what the group agrees on, writes what <c>print</c> and <c>count</c> ask for,
/// and answers clients. A failure ends it, and the program with it: it never goes on with half of a state.
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
    private readonly Dictionary<RequestRef, Action<object>> _asked = [];
    private MessageLog _log = new();

    /// <param name="failed">Is told why the program has to end.</param>
    /// <param name="disk">Where its note of what it announced is; unset: the data directory.</param>
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
        Context.System.EventStream.Subscribe(Self, typeof(AssociationErrorEvent));
        Receive<Request>(OnRequest);
        Receive<RaftEvent>(OnEvent);
        Receive<Tick>(_ => OnTick());
        Receive<ChangeOutcome>(outcome => Answer(outcome.Request, outcome));
        Receive<Explanation>(explanation => Answer(explanation.Request, explanation));
        Receive<Reply.StatusIs>(OnProbed);
        Receive<ProbeOver>(OnProbeOver);
        Receive<WelcomeTick>(OnWelcomeTick);
        Receive<AssociationErrorEvent>(OnNoAssociation);
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
            Process(place);
            _appends.OnApplied(_log.Messages[place - 1], wasThere: true);
        }
    }

    // The store is open from here on.
    protected override void PreStart()
    {
        if (_announced.MembersIndex > 0)
        {
            _view.Remember(new LogIndex(_announced.MembersIndex), MembersAtStart());
        }

        SayHowItStarts();
    }

    protected override object? HandleAppend(Entry<string> entry)
    {
        NoteGroup();
        var isOwn = _appends.IsAttempt(entry.Request);
        var place = _log.Apply(entry.Key, entry.Value, entry.Serial.Value);
        if (place > 0)
        {
            Process(place);
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

    // The configuration in force stands in the log; 'raft recover' has changed it. The note serves where the log was moved aside.
    private ImmutableArray<MemberLine> MembersAtStart() => Raft.Status.Identity == GroupUid.None
        ? [.. _announced.Members.Select(server => new MemberLine(server, IsVoter: true))]
        : [.. Raft.Status.Members.Select(member => new MemberLine(ServerId.Of(member.Name), member.IsVoter))];

    // Who has taken the log out of the data directory by hand may have left the note. Called when something is committed: a founding that
    // is not has an identity too, and comes to nothing if another one is faster.
    private void NoteGroup()
    {
        if (_announced.NoteGroup(Raft.Status.Identity.Value))
        {
            _view.Forget();
            _terminal.Log("the note of what was told before is about another group, whose log is gone: it is passed over");
        }
    }

    // The note comes first: whatever is between the two, nothing is written twice.
    private void Process(int place)
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
                _asked[Raft.Explain(Self)] = answer =>
                    client.Tell(new Reply.ExplanationIs(number, ServerId.Show(((Explanation)answer).Text)), Self);
                break;
        }
    }

    private void OnAppend(Request.Append append)
    {
        // Who wrote the JSON may have left members out.
        var (id, text) = (append.RequestId ?? "", append.Text ?? "");
        if (MessageLimits.WhyNot(id, text) is { } problem)
        {
            Sender.Tell(new Reply.Refused(append.Number, problem, IsFinal: true), Self);
        }
        else if (_log.Find(id) is { } known)
        {
            Sender.Tell(PendingAppends.AnswerOf(append.Number, known, text, wasThere: true), Self);
        }
        else if (WhyOutside() is { } outside)
        {
            Sender.Tell(new Reply.Refused(append.Number, outside), Self);
        }
        else
        {
            _appends.Add(append with { RequestId = id, Text = text, Timeout = Sane(append.Timeout) }, Sender, Now);
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

        _view.Take(happened, _clock.GetUtcNow());
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
                SayRemoved();
                break;
            case RaftEvent.Refused { Reason: RefusalReason.OtherIncarnation }:
                _isRejoining = true;
                break;
            case RaftEvent.ShutOut shutOut:
                OnShutOut(shutOut.Detail);
                break;
        }
    }

    // Whoever is shut out still tells the others why. An engine that has stopped does nothing any more.
    private void OnShutOut(string detail)
    {
        var isForGood = Raft.Status.Fence is not null;
        _view.Leave(detail, isForGood);
        if (isForGood)
        {
            _terminal.Log($"takes no part any more: {_view.Note}");
        }
        else
        {
            _failed.TrySetResult($"{_view.Note}");
        }
    }

    // Who comes back into the term that it knew has heard of no other one.
    private Reply.StatusIs StatusOf(long number) => new(
        number,
        _settings.Id,
        _view.Role,
        Math.Max(_view.Term.Value, Raft.Status.Term.Value),
        _view.Since,
        Raft.Serial.Value,
        Raft.Status.Committed.Value,
        _view.Leader,
        _view.Members ?? [],
        _view.Note,
        _view.Standing,
        Raft.Status.Identity.Value);

    private Reply.LogPage PageOf(Request.ReadLog read) => new(
        read.Number,
        [.. _log.PageAfter(read.After).Select(message => new LogMessage(message.Serial, message.Id, message.Text))],
        _log.Messages is [.., var last] ? last.Serial : 0);

    // Whoever is in no group has no leader to send anything to, and a client need not wait to hear it.
    private string? WhyOutside() => _view.Standing switch
    {
        ServerStanding.Waiting => $"Nothing is appended here: {_settings.Id} {_view.Note}. Ask a server of the group.",
        ServerStanding.Removed => $"Nothing is appended here: {_settings.Id} {_view.Note}. Ask a server of the group.",
        ServerStanding.Fenced => $"Nothing is appended here: {_settings.Id} takes no part any more, its log says why. Ask another server.",
        _ => null,
    };

    // What is said when the time is up has to reach the client before that turns away.
    private static TimeSpan Sane(TimeSpan timeout)
    {
        var sane = timeout < TimeSpan.Zero ? TimeSpan.Zero : timeout > TimeoutMax ? TimeoutMax : timeout;
        return sane - (sane / ReserveDivisor < ReserveMax ? sane / ReserveDivisor : ReserveMax);
    }

    private void Answer(RequestRef request, object answer)
    {
        if (_asked.Remove(request, out var take))
        {
            take(answer);
        }
    }

    private sealed class Tick
    {
        public static Tick Instance { get; } = new();
    }
}
