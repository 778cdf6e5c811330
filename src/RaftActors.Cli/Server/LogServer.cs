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
    private MessageLog _log = new();

    /// <param name="failed">Completed with the reason if the program must end.</param>
    public LogServer(ServerSettings settings, ServerTerminal terminal, TaskCompletionSource<string> failed)
        : base(OptionsOf(settings))
    {
        (_settings, _terminal, _failed) = (settings, terminal, failed);
        Context.System.EventStream.Subscribe(Self, typeof(RaftEvent));
        Receive<RaftEvent>(OnEvent);
    }

    public byte[] TakeSnapshot(Serial serial) => MessageLogFormat.Write(_log.Messages);

    public void RestoreSnapshot(Serial serial, byte[] state)
    {
        var applied = _log.Messages.Count;
        _log = MessageLogFormat.Read(state);
        for (var place = applied + 1; place <= _log.Messages.Count; place++)
        {
            Announce(place);
        }
    }

    protected override void PreStart() => LogStart();

    // Each client with the right to write may append any key and value.
    protected override string HandleAppend(Entry<string> entry)
    {
        var key = AppendKey.Of(entry.Key);
        var place = _log.Apply(key.Id, entry.Value ?? "", entry.Serial.Value);
        if (place > 0)
        {
            Announce(place);
        }

        var message = _log.Find(key.Id)!; // Justification: just applied, or found.
        return $"{new AppendResult(message.Serial, place > 0 ? key.Attempt : "", AppendResult.ChecksumOf(message.Text))}";
    }

    /// <summary>Answers a serial with the bytes of the page after it.</summary>
    protected override object? HandleQuery(object question) => question is long after
        ? MessageLogFormat.Write(_log.PageAfter(after))
        : throw new ArgumentException($"'{question}' is no serial. Ask with the serial after which the page begins.");

    private static RaftOptions<string> OptionsOf(ServerSettings settings) => new()
    {
        Group = ServerId.GroupName,
        Name = ServerId.GroupName,
        Roster = settings.IsFounder ? [.. settings.Servers.Select(server => server.Process.Value)] : [],
    };

    // An earlier process of this server has written the lines of the messages that its data directory had at the start.
    private void Announce(int place)
    {
        if (_log.Messages[place - 1].Serial > Group.Recovered.Value && _log.AnnouncementAt(place) is { } line)
        {
            _terminal.Announce(line);
        }
    }

    private void OnEvent(RaftEvent happened)
    {
        switch (happened)
        {
            case RaftEvent.MembersChanged changed:
                OnMembers(changed);
                break;
            case RaftEvent.Removed:
                LogRemoved();
                break;
            case RaftEvent.Refused { Reason: "OtherIncarnation" }:
                _isRejoining = true;
                break;
            case RaftEvent.Refused { Reason: "Removed" } refused:
                _removedBy = ServerId.TryOf(refused.By);
                break;
            // A fenced server keeps running, to tell the others why. A server without an engine does nothing, so the program ends.
            case RaftEvent.Fenced fenced:
                _terminal.Log($"is fenced: {Sentence(fenced)} Stop this server, move {_settings.Data} away, and start it as before. "
                    + "It rejoins by itself while a majority runs without it.");
                break;
            case RaftEvent.Stopped stopped:
                _failed.TrySetResult(Sentence(stopped));
                break;
        }
    }

    private static string Sentence(RaftEvent happened) => $"{EventMessages.Why(happened).TrimEnd('.')}.";
}
