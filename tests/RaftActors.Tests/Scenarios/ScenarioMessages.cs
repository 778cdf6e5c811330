namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The messages between engines, as words. All that a scenario knows of their types is here, so that other types change this file alone.
/// </summary>
internal sealed class ScenarioMessages(ActorSystem system, ScenarioRequests requests, ValueCodec<string> values)
{
    private readonly Dictionary<RequestId, WireMessage.AppendRequest> _asked = [];

    // The latest news of the actors of peers.
    private readonly Dictionary<ProcessName, (string Actor, RaftProgram Program)> _actors = [];

    /// <summary>Messages of Core are shown, too.</summary>
    public bool ShowsCore { get; set; }

    /// <summary>The message that says that the node of the process is about to stop.</summary>
    public static object StopOfNode { get; } = new PrepareStop();

    /// <summary>A message between two Cores, for an engine.</summary>
    public static object Of(RaftActors.Core.Envelope envelope) => new WireMessage.CoreMessage(envelope);

    /// <summary>The message of a Core in a message of an engine; null: it has none.</summary>
    public static RaftActors.Core.Envelope? EnvelopeIn(object message) =>
        message is WireMessage.CoreMessage(var envelope) ? envelope : null;

    /// <summary>Discovery found this engine of a process.</summary>
    public object Found(ProcessName name, IActorRef engine)
    {
        var (actor, program) = _actors.GetValueOrDefault(name, ("", ProgramOf(null)));
        return new PeerNews.Found(name, engine, actor, program);
    }

    /// <summary>News of discovery about a process, such as <c>unreachable</c> or <c>unreachable n-x</c>; null: the line is none.</summary>
    public object? NewsOf(ScenarioLine line, ProcessName name, IActorRef engine)
    {
        if (line.Verb == "actor")
        {
            _actors[name] = (line.Has("none") ? "" : $"{engine.Path.Address}/user/{line[0]}", ProgramOf(line));
            return Found(name, engine);
        }

        var own = engine.Path.Address;
        var node = line.Words.Count > 0 ? new Address(own.Protocol, own.System, line[0], own.Port) : own;
        return line.Verb switch
        {
            "met" or "reachable" => Found(name, engine),
            "unreachable" => new PeerNews.Unreachable(name, node),
            "stopped" => new PeerNews.Stopped(name, engine),
            "silent" => new PeerNews.Silent(name),
            "leads-no-more" => new PeerNews.LeadsNoMore(name),
            _ => null,
        };
    }

    /// <summary>A message of the process to a peer, in words; null: the scenario does not show it.</summary>
    public string? Describe(object message) => message switch
    {
        WireMessage.CoreMessage(var envelope) => Describe(envelope),
        WireMessage.Traced traced => Describe(traced.Inner),
        WireMessage.AppendRequest append =>
            $"append {Name(append.Request)} {append.Key}={ValueOf(append.Value)}{If(append.IsRetry, ", retry")}{KeyOf(append.RequestKey)}"
                + $"{If(append.IfSerial is not null, $", if {append.IfSerial}")}",
        AppendReply { Failure: { } failure } over => $"{Name(over.Request)} is over: {Describe(failure)}",
        AppendReply { Committed: { } serial } had => $"{Name(had.Request)} is committed as {serial}",
        AppendReply refused => $"{Name(refused.Request)} is refused, send it again",
        WireMessage.GetRequest get => $"get {Name(get.Request)} serial {get.Serial}, asker committed {get.AskerCommit}",
        GetReply { Pair: { } pair } found =>
            $"{Name(found.Request)} is {pair.Serial} {pair.Key}={ValueOf(pair.Value)}{If(pair.IsKeyed, ", keyed")}",
        GetReply reply => $"{Name(reply.Request)} is {(reply.IsCompacted ? "compacted" : "refused")}",
        WireMessage.Leaving leaving => leaving.IsReply ? "knows that you leave" : "my node leaves",
        WireMessage.Digest { Value: var digest } => $"digest of {digest.After.Next} to {digest.To}",
        _ => throw new InvalidOperationException($"No scenario knows a {message.GetType()}."),
    };

    // The build of this assembly, which has the actor of the scenarios, too.
    private static RaftProgram ProgramOf(ScenarioLine? line) => new(
        (int)(line?.Number("logic") ?? 1), typeof(ScenarioMessages).Module.ModuleVersionId, (ulong)(line?.Number("contracts") ?? 0));

    public static string Describe(RaftFailure failure) => failure.Kind == FailureKind.NotDone
        ? $"not done, {failure.Reason}: {failure.Detail}"
        : $"unknown, {failure.Reason}";

    public static string MembersOf(ImmutableArray<GroupMember> members) =>
        $"voters {NamesOf(members, true)}{If(members.Any(member => !member.IsVoter), $", learners {NamesOf(members, false)}")}";

    /// <summary>
    /// A change of the group: <c>join d</c>, <c>leave b</c>, <c>quorum 3</c>, <c>level 2</c>, <c>transfer</c> or <c>transfer b</c>.
    /// </summary>
    public static GroupChange? ChangeOf(ScenarioLine line)
    {
        LogIndex? basedOn = line.Number("based") is { } index ? new LogIndex(index) : null;
        return line.Verb switch
        {
            "join" => Members(new MemberChange.Join(ScenarioPeers.NameOf(line[0]))),
            "leave" => Members(new MemberChange.Leave(
                ScenarioPeers.NameOf(line[0]),
                line.Number("life") is { } life ? ScenarioPeers.MemberOf(line[0], (int)life).Incarnation : null)),
            "quorum" => Members(new MemberChange.SetMaxQuorum(int.Parse(line[0]))),
            "level" => Members(new MemberChange.Raise(byte.Parse(line[0]))),
            "transfer" => new GroupChange.Transfer(line.Words.Count > 0 ? ScenarioPeers.NameOf(line[0]) : null),
            _ => null,
        };

        GroupChange Members(MemberChange change) => new GroupChange.Members(change, basedOn);
    }

    /// <summary>A message of a peer to the process.</summary>
    /// <param name="peer">The name of the peer.</param>
    public object Of(string peer, ScenarioLine line) => line.Verb switch
    {
        "asks" => (object)Question(line),
        "refuses" => line.Has("get")
            ? new GetReply(requests.Find(line[0]), Pair: null) : AppendReply.Refused(requests.Find(line[0])),
        "ends" => AppendReply.Cancelled(requests.Find(line[0]), FailureOf(line)),
        "had" => new AppendReply(requests.Find(line[0]), new Serial(long.Parse(line[1])), Failure: null),
        "gives" => new GetReply(
            requests.Find(line[0]),
            new StoredPair(new Serial(long.Parse(line[1])), line[2], Value(line[3]), default, IsKeyed: line.Has("keyed"))),
        "compacted" => new GetReply(requests.Find(line[0]), Pair: null, IsCompacted: true),
        "leaves" => new WireMessage.Leaving(ScenarioPeers.NameOf(peer), IsReply: false),
        "knows" => new WireMessage.Leaving(ScenarioPeers.NameOf(peer), IsReply: true),
        _ => throw new FormatException($"A peer does not do '{line.Verb}'."),
    };

    /// <summary>Remembers what the process asks for.</summary>
    public void Note(object message)
    {
        if (message is WireMessage.AppendRequest append)
        {
            _asked[append.Request] = append;
        }
    }

    /// <summary>The pair that a request of the process asked a peer to append.</summary>
    public Payload.Pair PairOf(RequestId request)
    {
        var append = _asked[request];
        return append.RequestKey is { } key
            ? new Payload.KeyedPair(key.Hash, request, append.Key, append.Value)
            : new Payload.Pair(request, append.Key, append.Value);
    }

    public static object Committed(Effect.Repeated repeated) => new AppendReply(repeated.Request, repeated.Serial, Failure: null);

    /// <summary>The state of an actor that takes snapshots, as a snapshot has it.</summary>
    public ReadOnlyMemory<byte> StateOf(string text) =>
        (byte[])[.. values.Encode(text).Span, .. SnapshotTail.Of(new KeptResults<int>(system, null))];

    /// <summary>The pair that a request of the process asked for, or that a peer appends by itself.</summary>
    public Payload.Pair Pair(RequestId request, string key, string value, string? requestKey) => requestKey is { } text
        ? new Payload.KeyedPair(HashedKey.Of(text).Hash, request, key, Value(value))
        : new Payload.Pair(request, key, Value(value));

    public ReadOnlyMemory<byte> Value(string text) => values.Encode(text);

    public string ValueOf(ReadOnlyMemory<byte> value) => values.Decode(value);

    private static string NamesOf(ImmutableArray<GroupMember> members, bool areVoters) =>
        string.Join(' ', members.Where(member => member.IsVoter == areVoters).Select(member => member.Name.Process).Distinct());

    private static RaftFailure FailureOf(ScenarioLine line) => Enum.Parse<FailureReason>(line[1]) is var reason && line.Words.Count == 2
        ? RaftFailure.Unknown(reason)
        : RaftFailure.NotDone(reason, line.Rest(2));

    private static string KeyOf(HashedKey? key) =>
        key is null ? "" : $", with a request key{If(key.Since is not null, $" since {key.Since}")}";

    private static string If(bool condition, string text) => condition ? text : "";

    private string Name(RequestId request) => requests.NameOf(request);

    // A message that ends a leadership is shown in any case.
    private string? Describe(RaftActors.Core.Envelope envelope) => envelope.Body switch
    {
        Message.TimeoutNow => "campaign now",
        Message.AppendEntries append when ShowsCore => $"term {envelope.Term}: entries after {append.Previous.Index}/{append.Previous.Term}"
            + $" [{string.Join(", ", append.Entries.Select(Describe))}], commit {append.Commit}",
        Message.ReadIndex when ShowsCore => "asks for the commit index",
        Message.Greeting => null,
        _ => ShowsCore ? $"term {envelope.Term}: {Core.Describe.Of(envelope.Body)}" : null,
    };

    private string Describe(LogEntry entry) => entry.Key is { } key
        ? $"{entry.Index}: {key}={ValueOf(entry.Value)}"
        : $"{entry.Index}: {(entry.Configuration is null ? $"{entry.Payload}" : "configuration")}";

    private WireMessage Question(ScenarioLine line)
    {
        var request = requests.Find(line[1]);
        Serial? since = line.Number("since") is { } serial ? new Serial(serial) : null;
        var key = line.Setting("key") is { } text ? HashedKey.Of(new RequestKey(text, since)) : null;
        return line[0] switch
        {
            "append" => new WireMessage.AppendRequest(request, line[2], Value(line[3]), line.Has("retry"), key)
            {
                IfSerial = line.Number("if") is { } last ? new Serial(last) : null,
                Timeout = line.Time("timeout") ?? TimeSpan.FromMinutes(1),
            },
            "get" => new WireMessage.GetRequest(request, new Serial(long.Parse(line[2])), new LogIndex(line.Number("commit") ?? 0)),
            _ => throw new FormatException($"A peer does not ask for '{line[0]}'."),
        };
    }
}
