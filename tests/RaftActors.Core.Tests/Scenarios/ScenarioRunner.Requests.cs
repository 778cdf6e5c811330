namespace RaftActors.Core.Tests.Scenarios;

/// <content>Requests of clients and operators to one process.</content>
internal sealed partial class ScenarioRunner
{
    private long _reads;

    /// <summary>
    /// <c>propose raft2 a=1 b=2</c>: proposes two pairs together, without a session. <c>propose raft2 a=1 clock=5000</c>: its wall clock is
    /// at 5 s; at 0 by default.
    /// </summary>
    private void Propose(Directive directive) => _group[directive.Arguments[0]].Step(new Input.Propose(
    [
        .. directive.Settings
            .Where(setting => setting.Key != "clock")
            .Select(setting => new Payload.Pair(null, setting.Key, Encoding.UTF8.GetBytes(setting.Value))),
    ])
    {
        Now = new LogTime(directive.Number("clock", 0)),
    });

    /// <summary>
    /// <c>request raft2 7 a=1</c>: proposes the client's seventh request, one pair, at raft2. <c>retry</c> marks it as perhaps proposed
    /// before. <c>request raft2 7 ann a=1</c> is a request of the client ann. <c>request raft2 7 a=1 request-key=0000beef since=3</c> has
    /// a request key, and was not proposed before serial 3 was committed. <c>request raft2 7 a=1 b=2</c> is a batch.
    /// </summary>
    private void Request(Directive directive, bool isRetry)
    {
        (string Key, ReadOnlyMemory<byte> Value)[] pairs =
        [
            .. directive.Settings.Where(setting => setting.Key is not ("request-key" or "since" or "if"))
                .Select(setting => (setting.Key, (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(setting.Value))),
        ];
        var request = IdOf(directive);
        var (key, bytes) = pairs.Length == 1 ? pairs[0] : ("", PairBatch.Encode(pairs));
        var pair = directive.Setting("request-key") is { } text
            ? new Payload.KeyedPair(KeyOf(text), request, key, bytes) { Count = pairs.Length }
            : new Payload.Pair(request, key, bytes) { Count = pairs.Length };
        Serial? since = directive.Setting("since") is { } serial ? new Serial(long.Parse(serial)) : null;
        Serial? last = directive.Setting("if") is { } named ? new Serial(long.Parse(named)) : null;
        _group[directive.Arguments[0]].Step(new Input.Propose([pair], isRetry) { Since = [since], IfSerial = [last] });
    }

    /// <summary><c>close raft2 7 ann</c>: the client ann makes no request after the seventh.</summary>
    private void Close(Directive directive) => _group[directive.Arguments[0]].Step(new Input.Close([IdOf(directive)]));

    private static RequestId IdOf(Directive directive)
    {
        var client = new Member(
            ScenarioGroup.Named(directive.Arguments.ElementAtOrDefault(2) ?? "client"), SimulatedProcess.IncarnationOf(1));
        return new RequestId(client, long.Parse(directive.Arguments[1]));
    }

    /// <summary>The key that is shown as this text: eight hexadecimal digits.</summary>
    private static RequestKeyHash KeyOf(string text)
    {
        var bytes = new byte[16];
        Convert.FromHexString(text).CopyTo(bytes, 0);
        return new RequestKeyHash(new Guid(bytes));
    }

    /// <summary>
    /// <c>read raft1 3</c>: three reads. Reads are numbered through the whole scenario. <c>read raft1 lease=no</c>: no lease may answer.
    /// </summary>
    private void Read(Directive directive)
    {
        for (var count = directive.Arguments.Count > 1 ? int.Parse(directive.Arguments[1]) : 1; count > 0; count--)
        {
            _group[directive.Arguments[0]].Step(new Input.Read(new ReadId(++_reads), directive.Setting("lease") != "no"));
        }
    }

    /// <summary><c>transfer raft1 to=raft2</c>. Without <c>to=</c> the leader chooses the target.</summary>
    private void Transfer(Directive directive) => _group[directive.Arguments[0]].Step(
        new Input.Transfer(directive.Setting("to") is { } name ? ScenarioGroup.Named(name) : null));

    /// <summary>
    /// <c>explain raft1 leader</c>, <c>explain raft1 serial 5</c>, <c>explain raft1 member</c> (itself), <c>explain raft1 member raft5</c>:
    /// shows the reasons that raft1 knows.
    /// </summary>
    private void Explain(Directive directive)
    {
        var core = _group[directive.Arguments[0]].Core!;
        var reasons = (directive.Arguments[1], directive.Arguments.ElementAtOrDefault(2)) switch
        {
            ("leader", _) => core.ExplainLeader(),
            ("serial", { } serial) => core.ExplainSerial(new Serial(long.Parse(serial))),
            ("member", null) => core.ExplainMembership(),
            ("member", { } name) => core.ExplainMembership(ScenarioGroup.Named(name)),
            var (question, _) => throw new FormatException($"There is no 'explain {question}'."),
        };
        foreach (var reason in reasons)
        {
            _group.Say(reason);
        }
    }
}
