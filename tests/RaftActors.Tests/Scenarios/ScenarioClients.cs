namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The clients of the group and their calls, as words. All that a scenario knows of the messages of clients is here, so that other messages
/// change this file alone.
/// </summary>
internal sealed class ScenarioClients(
    ScenarioOutput output,
    ValueCodec<string> values,
    ValueCodec<object?> questions,
    Action<ClientCall, ICanTell> call)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly Dictionary<int, IActorRef> _clients = [];

    /// <summary>The outcome of an Append, in words.</summary>
    public static string Describe(IOutcome outcome) => outcome switch
    {
        { Failure: { } failure } => ScenarioMessages.Describe(failure),
        Outcome<Membership> change => Describe(change.Result),
        Outcome<string> explanation => $"explanation\n  {explanation.Result.Replace("\n", "\n  ")}",
        Outcome<int> { HasResult: true } done => $"done as {done.Serial}, result {done.Result}",
        Outcome<object?> { HasResult: true } done => $"done as {done.Serial}, result {done.Result}",
        _ => $"done as {outcome.Serial}, no result",
    };

    /// <summary>Makes a call: <c>client 1: append 7 k v</c>.</summary>
    public void Call(ScenarioLine line)
    {
        var number = int.Parse(line.Subject.Split(' ')[1]);
        if (!_clients.TryGetValue(number, out var client) || line.Verb == "reconnects")
        {
            var path = new RootActorPath(new Address("akka.tcp", "clients", $"client{number}", 1)) / "system" / "client";
            var name = client is null ? $"client {number}" : $"client {number} again";
            _clients[number] = client = new ScenarioRef(path, (message, _) => Say(name, message));
        }

        if (line.Verb == "reconnects")
        {
            return;
        }

        if (line.Verb == "appends")
        {
            // appends 2 300: the Appends with the numbers 2 to 301.
            var first = long.Parse(line[0]);
            for (var place = first; place < first + long.Parse(line[1]); place++)
            {
                call(MessageOf(number, line with { Verb = "append", Words = [$"{place}", "k", $"{place}"] }), client);
            }

            return;
        }

        call(MessageOf(number, line), client);
    }

    /// <summary>Says what the process explains to people.</summary>
    public void SayState() => call(
        new ClientCall.Explain(),
        new ScenarioRef(
            new RootActorPath(new Address("akka.tcp", "state", "state", 1)) / "state",
            (message, _) =>
            {
                foreach (var each in ((Outcome<string>)message).Result.Split('\n').Where(each => !each.Contains(" may vote")))
                {
                    output.Say(ScenarioOutput.Source.Caller, $"state: {each}", "state");
                }
            }));

    private static string Describe(Membership group) =>
        $"done at {group.Index}: {ScenarioMessages.MembersOf(group.Members)}, leader {group.Leader?.Process ?? "unknown"}";

    private static string Describe(RaftStatus status) =>
        $"{status.Role} in term {status.Term}, leader {status.Leader?.Process ?? "unknown"}, committed {status.Committed}, "
        + $"delivered {status.Delivered}{(status.Actor is null ? ", no actor" : "")}{(status.HeldAt is null ? "" : ", held")}"
        + $"{(status.IsDiskNearlyFull ? ", disk nearly full" : "")}{(status.NameConflict is null ? "" : ", name conflict")}"
        + $"{(status.Fence is null ? "" : ", fenced")}, reaches {string.Join(' ', status.Reachable.Select(name => name.Process))}";

    private ClientCall MessageOf(int client, ScenarioLine line)
    {
        var timeout = line.Time("timeout") ?? Timeout;
        return line.Verb switch
        {
            "append" => new ClientCall.Append(
                ScenarioRequests.SessionOf(client),
                long.Parse(line[0]),
                line[1],
                line.Number("size") is { } size ? new byte[size] : values.Encode(line[2]),
                timeout,
                line.Has("retry"),
                line.Setting("key") is { } key
                    ? HashedKey.Of(new RequestKey(key, line.Number("since") is { } since ? new Serial(since) : null)) : null)
            {
                Started = new Serial(line.Number("started") ?? 0),
                IfSerial = line.Number("if") is { } last ? new Serial(last) : null,
            },
            "query" => new ClientCall.Query(questions.Encode(line[0]), timeout, ConsistencyOf(line)),
            "commit" => new ClientCall.Query(default, timeout, ConsistencyOf(line)),
            "read" => new ClientCall.Read(
                new Serial(line.Number("after") ?? 0), (int)(line.Number("max") ?? 100), line.Time("wait") ?? TimeSpan.Zero),
            "snapshot" => new ClientCall.TakeSnapshot(timeout),
            "locate" => new ClientCall.Locate("default"),
            "ping" => new ClientCall.Ping(),
            "close" => new ClientCall.Close(ScenarioRequests.SessionOf(client), long.Parse(line[0])),
            "status" => new ClientCall.Status(),
            "explain" => new ClientCall.Explain(),
            "describe" => new ClientCall.Describe(),
            "backup" => new ClientCall.Backup(default, default, 0, new LogIndex(line.Number("least") ?? 0)),
            _ => new ClientCall.Change(
                ScenarioMessages.ChangeOf(line) ?? throw new FormatException($"A client does not call '{line.Verb}'."), timeout),
        };
    }

    /// <summary>The consistency of a query: <c>lease</c>, <c>local</c>, <c>at=5</c> or <c>within=500ms</c>.</summary>
    public static ReadConsistency ConsistencyOf(ScenarioLine line) => line.Number("at") is { } serial
        ? ReadConsistency.NotOlderThan(new Serial(serial))
        : line.Time("within") is { } age ? ReadConsistency.Within(age)
        : line.Has("lease") ? ReadConsistency.Lease
        : line.Has("local") ? ReadConsistency.Local
        : ReadConsistency.Linearizable;

    private void Say(string client, object message)
    {
        var words = message switch
        {
            IOutcome outcome => Describe(outcome),
            RaftStatus status => Describe(status),
            ClientReply.Pairs pairs => (pairs.Found.IsEmpty ? "no pairs" : "pairs ")
                + string.Join(", ", pairs.Found.Select(pair => $"{pair.Serial} {pair.Key}={Text(pair.Value)}"))
                + (pairs.Base.Value > 0 ? $", compacted to {pairs.Base}" : ""),
            ClientReply.Leading leading => $"leads, committed {leading.Committed}",
            ClientReply.Located located => $"leader {located.Leader?.Process ?? "unknown"} in term {located.Term}, "
                + $"committed {located.Committed}, processes "
                + string.Join(' ', located.Processes.Select(process => process.Name.Process)),
            ClientReply.Declined declined => $"declined: {declined.Why}",
            ClientReply.Failed refused => $"refused: {refused.Failure.Detail}",
            ClientReply.NotLeading other => $"not leading, leader {other.Leader?.Process ?? "unknown"}"
                + (other.Leader is null ? "" : $" in term {other.Term}") + (other.MayBeWritten ? ", may be written" : ""),
            ClientReply.SnapshotTaken taken => $"snapshot up to {taken.Position}",
            ClientReply.Description => "description of the node",
            ClientReply.BackupPart part => $"entries {string.Join(", ", part.Entries.Select(entry => entry.Index))} of {part.End}",
            _ => throw new InvalidOperationException($"No scenario knows a {message.GetType()}."),
        };
        output.Say(ScenarioOutput.Source.Caller, $"{client}: {words}", client);
    }

    private string Text(ReadOnlyMemory<byte> value) => value.Length > 100 ? $"({value.Length} bytes)" : values.Decode(value);
}
