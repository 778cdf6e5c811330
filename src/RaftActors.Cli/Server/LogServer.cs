using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Server;

/// <summary>
/// The raft actor of a server, at <c>/user/raft</c>. It applies committed messages, writes the lines of <c>print</c> and <c>count</c>, and
/// sends pages of the log to clients. A failure ends the actor and the program, so that no server continues with a partial state.
/// </summary>
internal sealed partial class LogServer : RaftActor<string, string>, IRaftSnapshot<byte[]>
{
    private readonly ServerSettings _settings;
    private readonly ServerTerminal _terminal;
    private readonly TaskCompletionSource<string> _failed;
    private readonly AnnouncementFile _announced;
    private MessageLog _log = new();

    /// <param name="failed">Completed with the reason, if the program must end.</param>
    /// <param name="disk">The disk of <see cref="AnnouncementFile"/>; null: the data directory.</param>
    public LogServer(ServerSettings settings, ServerTerminal terminal, TaskCompletionSource<string> failed, IDisk? disk = null)
        : base(OptionsOf(settings))
    {
        (_settings, _terminal, _failed) = (settings, terminal, failed);
        _announced = AnnouncementFile.Load(disk ?? new FileDisk(settings.Data));
        Context.System.EventStream.Subscribe(Self, typeof(RaftEvent));
        Receive<RaftEvent>(OnEvent);
    }

    public byte[] TakeSnapshot(Serial serial) => MessageLogFormat.Write(_log.Messages);

    public void RestoreSnapshot(Serial serial, byte[] state)
    {
        NoteGroup();
        _log = MessageLogFormat.Read(state);
        for (var place = 1; place <= _log.Messages.Count; place++)
        {
            Announce(place);
        }
    }

    // The store is open from here on.
    protected override void PreStart() => LogStart();

    // Any client with the right to write may append, so any key and value may come.
    protected override string HandleAppend(Entry<string> entry)
    {
        NoteGroup();
        var key = AppendKey.Of(entry.Key);
        var place = _log.Apply(key.Id, entry.Value ?? "", entry.Serial.Value);
        if (place > 0)
        {
            Announce(place);
        }

        var message = _log.Find(key.Id)!; // Justification: just applied, or found.
        return $"{new AppendResult(message.Serial, place > 0 ? key.Attempt : "", AppendResult.ChecksumOf(message.Text))}";
    }

    /// <summary>Answers the serial after which a page begins with the bytes of the page.</summary>
    protected override object? HandleQuery(object question) => question is long after
        ? MessageLogFormat.Write(_log.PageAfter(after))
        : throw new ArgumentException($"'{question}' is no serial. Ask with the serial after which the page begins.");

    private static RaftOptions<string> OptionsOf(ServerSettings settings) => new()
    {
        Group = ServerId.GroupName,
        Name = ServerId.GroupName,
        Roster = settings.IsFounder ? [.. settings.Servers.Select(server => server.Process.Value)] : [],
        IsJoining = !settings.IsFounder,
        AllowFewerThanThree = true,
    };

    // An operator may have deleted the log and kept the announcement file. Called only after a commit: an uncommitted founding has a group
    // identity too, and another founding may replace it.
    private void NoteGroup()
    {
        if (_announced.NoteGroup(Raft.Status.Identity))
        {
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

    private void OnEvent(RaftEvent happened)
    {
        switch (happened)
        {
            case RaftEvent.MembersChanged changed:
                NoteGroup();
                OnMembers(changed);
                break;
            case RaftEvent.Removed:
                LogRemoved();
                break;
            case RaftEvent.Refused { Reason: RefusalReason.OtherIncarnation }:
                _isRejoining = true;
                break;
            case RaftEvent.Refused { Reason: RefusalReason.Removed } refused:
                _removedBy = ServerId.TryOf(refused.By);
                break;
            // A fenced server keeps running and tells the others why. A stopped engine does nothing, so the program ends.
            case RaftEvent.Fenced fenced:
                _terminal.Log($"is fenced: {Reason(fenced.Detail)} Stop this server, move {_settings.Data} away, and start it as before. "
                    + "It rejoins by itself while a majority runs without it.");
                break;
            case RaftEvent.Stopped stopped:
                _failed.TrySetResult(Reason(stopped.Detail));
                break;
        }
    }

    private static string Reason(string detail) => $"{ServerId.Show(detail).TrimEnd('.')}.";
}
