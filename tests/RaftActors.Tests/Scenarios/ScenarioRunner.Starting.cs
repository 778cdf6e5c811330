namespace RaftActors.Tests.Scenarios;

/// <content>The start of the process and of its peers.</content>
internal sealed partial class ScenarioRunner
{
    // Long, so that the peers that vote for another one do not campaign themselves.
    private const int PeerElectionTimeoutMaxTicks = 400;

    /// <summary>
    /// <c>start peers=(b c) log=(1 1) kind=validates max-quorum=3 set=(append-timeout=1s)</c>: all have a log with a configuration and one
    /// pair of term 1. <c>unmet</c>: the peers are not introduced. <c>no-disk</c>: the store cannot be opened until <c>store: opens</c>.
    /// <c>learner</c>: a is the last to vote. <c>leases</c>: all have leases. <c>last=1</c>: the actor has the pairs up to this serial.
    /// <c>finds-faults</c>: the value <c>bad</c> has a fault. <c>log-b=(1)</c>: b has another log.
    /// <c>founding=(b/3)</c>: b had three pairs at the founding. <c>fetches-nothing</c>: an actor that pulls leaves its gap open.
    /// </summary>
    private void Start(ScenarioLine line)
    {
        _start = line;
        var names = (line.Setting("peers") ?? "b c").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] all = line.Has("learner") ? [.. names, Self] : [Self, .. names];
        var maxQuorum = (int)(line.Number("max-quorum") ?? 11);
        long[] terms = [.. (line.Setting("log") ?? "1").Split(' ').Select(long.Parse)];
        _script = new ScenarioScript(_output, _requests, _turns) { Fetches = !line.Has("fetches-nothing") };
        MakeNode();
        var own = InitialOf(all, terms, maxQuorum);
        _store = new ScenarioStore(
            _output, new StoreOwner("default", ScenarioPeers.NameOf(Self)), ScenarioPeers.MemberOf(Self).Incarnation, own);
        _store.OpeningFailure = line.Has("no-disk") ? "the disk is not mounted" : null;
        _peers = new ScenarioPeers(_turns, (from, message) => TellEngine(message, from), OnMessage);
        StartActor();
        foreach (var name in names)
        {
            CoreOptions options = new()
            {
                Self = default,
                Seed = 0,
                Roster = [.. all.Select(ScenarioPeers.NameOf)],
                MaxQuorum = maxQuorum,
                ElectionTimeoutMaxTicks = PeerElectionTimeoutMaxTicks,
                GoneTicks = PeerElectionTimeoutMaxTicks,
                FoundingUid = ScenarioPeers.Group,
                KeepsQuorum = false,
                RetainedEntries = 0,
                Lease = line.Has("leases") ? new LeaseOptions(MaxDriftPercent: 10) : null,
            };
            _peers.Add(name, options, InitialOf(all, line.Setting($"log-{name}") is { } other
                ? [.. other.Split(' ').Select(long.Parse)] : terms, maxQuorum));
            if (!line.Has("unmet"))
            {
                Meet(name);
            }
        }

        _turns.Run();
    }

    private void MakeNode()
    {
        var roster = (_start.Setting("peers") ?? "b c").Split(' ', StringSplitOptions.RemoveEmptyEntries).Append(Self);
        var set = (_start.Setting("set") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => $"raft.{each}\n");
        _node = new ScenarioNode(
            _turns,
            $"n-{Self}",
            $"""
            raft.group = default
            raft.roster = [{string.Join(", ", roster.Select(ScenarioPeers.NameOf).Select(name => $"\"{name}\""))}]
            raft.quorum.keep = off
            raft.lease.enabled = {(_start.Has("leases") ? "on" : "off")}
            raft.quorum.allow-fewer-than-three = on
            raft.quorum.max = {_start.Number("max-quorum") ?? 11}
            {string.Concat(set)}
            """);
        var values = new ValueCodec<string>(_node.System, null);
        _messages = new ScenarioMessages(_node.System, _requests, values);
        var questions = new ValueCodec<object?>(_node.System, codecPlace: null);
        _clients = new ScenarioClients(_output, values, questions, Call);
        var log = new ScenarioRef(
            new RootActorPath(new Address("akka", "log")) / "log",
            (message, _) =>
            {
                if (message is LogEvent { Cause: not ScenarioException } told)
                {
                    var root = told.Cause?.GetBaseException();
                    var cause = root is null ? ""
                        : root.Message == $"{told.Message}" ? $" [{root.GetType().Name}]"
                        : $" [{root.GetType().Name}: {root.Message}]";

                    // A program that handles the event leaves out the log entry, by its parameter.
                    var happened = (told.Message as LogMessage)?.Parameters().OfType<RaftEvent>().SingleOrDefault();
                    var about = happened is null ? "" : $" ({happened.GetType().Name})";
                    _output.Say(ScenarioOutput.Source.Log, $"{(told is Warning ? "warning" : "error")}: {told.Message}{cause}{about}");
                }
                else if (message is RaftEvent published && _shown.Contains("events"))
                {
                    _output.Say(ScenarioOutput.Source.Event, $"event: {$"{published}".Split('\n')[0]}");
                }
            });
        _node.System.EventStream.Subscribe(log, typeof(Warning));
        _node.System.EventStream.Subscribe(log, typeof(Error));
        _node.System.EventStream.Subscribe(log, typeof(RaftEvent));
        _caller = new ScenarioRef(new RootActorPath(new Address("akka", "caller")) / "caller", (message, _) => SayOutcome(message));
    }

    private InitialState InitialOf(string[] names, long[] terms, int maxQuorum) =>
        ScenarioPeers.Founded(names, terms, maxQuorum, FoundingOf(_start), i => new LogEntry(
            new LogIndex(i + 1), new Term(terms[i]), new Serial(i), new Payload.Pair(null, $"k{i}", _messages.Value($"v{i}"))));

    private static ImmutableArray<FoundingSerial> FoundingOf(ScenarioLine line) =>
    [
        .. (line.Setting("founding") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('/')).Select(each =>
            new FoundingSerial(ScenarioPeers.NameOf(each[0]), new Serial(long.Parse(each[1])))),
    ];

    private void StartActor()
    {
        var options = new RaftOptions<string>
        {
            Store = () => _store,
            LastSerial = _start.Number("last") is { } last ? new Serial(last) : null,
            FindFault = _start.Has("finds-faults") ? (_, value) => value == "bad" ? "it is bad" : null : null,
        };
        _kind ??= _start.Setting("kind") ?? "applies";
        var kinds = new Dictionary<string, Func<ActorBase>>
        {
            ["applies"] = () => new ScenarioActor(_script, options),
            ["validates"] = () => new ValidatingActor(_script, options),
            ["pulls"] = () => new PullingActor(_script, options),
            ["pulls-and-snapshots"] = () => new PullingSnapshotActor(_script, options),
            ["snapshots"] = () => new SnapshotActor(_script, options),
            ["streams"] = () => new StreamingActor(_script, options),
        };
        var props = Props.CreateBy(new Producer(() => kinds[_kind]()));
        _actor = _start.Setting("supervisor") is { } directive
            ? StartGuarded(props, Enum.Parse<Akka.Actor.Directive>(directive))
            : _node.System.ActorOf(props, Self);
        _turns.Run();
    }

    private IActorRef StartGuarded(Props props, Akka.Actor.Directive directive)
    {
        Guard? guard = null;
        _node.System.ActorOf(Props.CreateBy(new Producer(() => guard = new Guard(props, directive))), "guard");
        _turns.Run();
        return guard!.Child; // Justification: it has started.
    }

    private void Call(ClientCall call, ICanTell client)
    {
        CallTarget target = new("default", ScenarioPeers.NameOf(Self));
        if (NodeNetwork.Of(_node.System).Calls.Find(target) is { } inbox)
        {
            inbox.Add(call, client);
            inbox.Announce();
        }
        else
        {
            client.Tell(new NodeCalls().WhyNone(target), ActorRefs.NoSender);
        }
    }

    private void Meet(string name) =>
        TellEngine(_messages.Found(ScenarioPeers.NameOf(name), _peers.RefOf(name)));

    private async Task AwaitAsync<T>(Task<Outcome<T>> call)
    {
        try
        {
            SayOutcome(await call.ConfigureAwait(false), "task");
        }
        catch (InvalidOperationException e)
        {
            _output.Say(ScenarioOutput.Source.Caller, $"task: {e.Message}", "caller");
        }
    }

    private void SayOutcome(object message, string caller = "caller")
    {
        var (request, words) = message switch
        {
            IOutcome outcome => (outcome.Request, ScenarioClients.Describe(outcome)),
            _ => throw new InvalidOperationException($"No scenario knows a {message.GetType()}."),
        };
        _output.Say(ScenarioOutput.Source.Caller, $"{caller} {_requests.NameOf(request)}: {words}", "caller");
    }

    private sealed class Producer(Func<ActorBase> create) : IIndirectActorProducer
    {
        public Type ActorType { get; } = typeof(ScenarioActor);

        public ActorBase Produce() => create();

        public void Release(ActorBase actor)
        {
        }
    }

    /// <summary>A parent that does the same with each failure.</summary>
    private sealed class Guard : UntypedActor
    {
        private readonly Akka.Actor.Directive _directive;

        public IActorRef Child { get; }

        public Guard(Props child, Akka.Actor.Directive directive)
        {
            _directive = directive;
            Child = Context.ActorOf(child, ScenarioRunner.Self);
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => _directive);

        protected override void OnReceive(object message) => Unhandled(message);
    }
}
