namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The other processes of the group. Each has a real Core, whose writes are durable at once, so elections and replication need no script.
/// Requests between engines have no answer by themselves: the scenario has the answer of a peer. The clock of a peer moves only while it
/// leads.
/// </summary>
internal sealed class ScenarioPeers
{
    private const ulong Seed = 100;
    private const int HeartbeatTicks = 5;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    /// <summary>The identity of the group.</summary>
    public static GroupUid Group { get; } = new(new Guid(1, 0, 0, new byte[8]));

    private readonly SortedDictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _cut = [];
    private readonly HashSet<string> _parted = [];
    private readonly ScenarioTurns _turns;
    private readonly Action<IActorRef, object> _tellEngine;
    private readonly Action<string, object> _said;
    private readonly Queue<(IActorRef From, object Message)> _held = [];

    /// <param name="tellEngine">Sends the process a message of a peer.</param>
    /// <param name="said">Called with each message of the process to a peer.</param>
    public ScenarioPeers(
        ScenarioTurns turns, Action<IActorRef, object> tellEngine, Action<string, object> said)
    {
        (_turns, _tellEngine, _said) = (turns, tellEngine, said);
        turns.After(Tick, OnTick);
    }

    // The start of the process, as its latest message says.
    private Boot _boot;

    // All messages of the peers are lost.
    private bool _isSilent;

    // Those between the process and the peers are.
    private bool _isApart;

    /// <summary>The peers do not hear that they are to campaign.</summary>
    public bool RefusesTransfers { get; set; }

    /// <summary>The messages of the peers to the process wait.</summary>
    public bool IsHeld { get; private set; }

    public IEnumerable<string> Names => _peers.Keys;

    private bool IsAllCut => _isApart || _cut.Contains("*");

    public static ProcessName NameOf(string name) => new($"{name}@n-{name}");

    /// <summary>The member of this name, in its first incarnation or a later one.</summary>
    public static Member MemberOf(string name, int life = 1) =>
        new(NameOf(name), new Incarnation(new Guid((100 * (name[0] - 'a' + 1)) + life, 0, 0, new byte[8])));

    /// <summary>The state of a store of a group that was founded before the scenario.</summary>
    /// <param name="names">The first ones vote.</param>
    /// <param name="terms">The terms of the entries: first the configuration, then pairs.</param>
    /// <param name="founding">The serials at the founding.</param>
    public static InitialState Founded(
        IReadOnlyList<string> names,
        IReadOnlyList<long> terms,
        int maxQuorum,
        ImmutableArray<FoundingSerial> founding,
        Func<int, LogEntry> pairAt)
    {
        ImmutableArray<Member> members = [.. names.Select(name => MemberOf(name))];
        var size = QuorumSize.For(members.Length, maxQuorum);
        var (voters, learners) = (members[..size].Order(), members[size..].Order());
        var configuration = new Configuration(Group, size, [.. voters], [], [.. learners], founding) { MaxQuorum = maxQuorum };
        var state = new HardState(new Term(terms[^1]), null, [.. members.Order().Select(member => new PeerRecord(member, default))])
        {
            IsAdmitted = true,
            Group = Group,
        };
        var first = new LogEntry(new LogIndex(1), new Term(terms[0]), Serial.Zero, new Payload.Reconfigure(configuration));
        return new InitialState(state, [first, .. Enumerable.Range(1, terms.Count - 1).Select(pairAt)]);
    }

    public void Add(string name, CoreOptions options, InitialState initial)
    {
        var own = options with { Self = MemberOf(name), Seed = Seed + name[0] };
        _peers.Add(name, new Peer(this, name, new RaftCore(own, initial)));
        Step(name, Input.Tick.Instance);
    }

    public IActorRef RefOf(string name) => _peers[name].Ref;

    /// <summary>The peer has another engine, on its node or on another one.</summary>
    public void Move(string name, string node, int uid) => _peers[name].Ref = EngineOf(name, node, uid);

    /// <summary>A process of this name, with another store and on another node, sends its greeting.</summary>
    public void Greet(string name, Member to, int life, string node)
    {
        var greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);
        var member = new Member(NameOf(name), new Incarnation(new Guid(life, 0, 0, new byte[8])));
        var envelope = new RaftActors.Core.Envelope(member, to, GroupUid.None, Term.Zero, new Boot(1, (ulong)life), greeting);
        _tellEngine(EngineOf(name, node, 1), ScenarioMessages.Of(envelope));
    }

    public ScenarioRef EngineOf(string name, string node, int uid)
    {
        var path = new RootActorPath(new Address("akka.raft", "raft", node, 1)) / "system" / "raft" / "default" / name;
        return new ScenarioRef(path.WithUid(uid), (message, _) => OnMessage(name, message));
    }

    public RaftCore CoreOf(string name) => _peers[name].Core;

    /// <summary>Messages of Core between the process and these peers are lost; no name: between the process and all peers.</summary>
    public void Cut(IEnumerable<string> names) => _cut.UnionWith(names.DefaultIfEmpty("*"));

    /// <summary>Messages of Core between these peers and the others are lost.</summary>
    public void Part(IEnumerable<string> names) => _parted.UnionWith(names);

    public void Heal()
    {
        _cut.Clear();
        _parted.Clear();
    }

    /// <summary>The messages of Core to the process wait until <see cref="Release"/>.</summary>
    public void Hold() => IsHeld = true;

    /// <param name="count">The messages that arrive; null: all, and later ones at once.</param>
    public void Release(int? count)
    {
        IsHeld = count is not null;
        for (var left = count ?? int.MaxValue; left > 0 && _held.TryDequeue(out var held); left--)
        {
            _tellEngine(held.From, held.Message);
        }
    }

    /// <summary>The latest of the messages that wait arrives before the others.</summary>
    public void ReleaseLast()
    {
        (IActorRef From, object Message)[] held = [.. _held];
        _held.Clear();
        Array.ForEach(held[..^1], _held.Enqueue);
        _tellEngine(held[^1].From, held[^1].Message);
    }

    /// <summary>A peer refuses the process.</summary>
    public void Refuse(string name, Member self, RefusalReason reason, string detail)
    {
        var core = _peers[name].Core;
        var refusal = new Message.Refusal(reason, Serial.Zero, _boot, detail);
        Send(name, new RaftActors.Core.Envelope(MemberOf(name), self, Group, core.Term, core.Boot, refusal));
    }

    /// <summary>
    /// Lets a peer campaign until it leads. The clocks of the peers move alone. The process has no part in it if it is not needed for a
    /// majority, and hears of the leader at the end.
    /// </summary>
    public void Elect(string name)
    {
        var isNeeded = !_peers[name].Core.Configuration.Voters.Any(voter => _peers.ContainsKey(voter.Name.Process))
            || _peers.Keys.Except(_parted).Count() < QuorumSize.MajorityOf(_peers[name].Core.Configuration.Voters.Length);
        _isApart = !isNeeded;
        Campaign(name);
        if (_isApart)
        {
            _isApart = false;
            for (var ticks = 0; ticks < HeartbeatTicks; ticks++)
            {
                Step(name, Input.Tick.Instance);
                _turns.Run();
            }
        }
    }

    private void Campaign(string name)
    {
        // A leader refuses its vote, so it loses its quorum first.
        foreach (var leader in _peers.Values.Where(peer => peer.Name != name && peer.Core.Role == RaftRole.Leader))
        {
            _isSilent = true;
            while (leader.Core.Role == RaftRole.Leader)
            {
                Step(leader.Name, Input.Tick.Instance);
                _turns.Run();
            }

            _isSilent = false;
        }

        // The others forget the leader that they know, and vote.
        for (var ticks = 0; _peers[name].Core.Role != RaftRole.Leader; ticks++)
        {
            if (ticks == 1000)
            {
                throw new InvalidOperationException(
                    $"{name} is not elected: {string.Join("; ", _peers[name].Core.ExplainLeader())}.");
            }

            foreach (var other in _peers.Values.Where(other => other.Name != name && ticks < 21))
            {
                Step(other.Name, Input.Tick.Instance);
            }

            Step(name, Input.Tick.Instance);
            _turns.Run();
        }
    }

    public void Step(string name, Input input)
    {
        var core = _peers[name].Core;
        foreach (var effect in core.Step(input, _turns.Now))
        {
            switch (effect)
            {
                case Effect.Send(var envelope):
                    Send(name, envelope);
                    break;
                case Effect.Write { Acknowledgement: { } ticket }:
                    _turns.Post(name, () => Step(name, new Input.Persisted(ticket)));
                    break;
                case Effect.SendChunk chunk:
                    Send(name, _peers[name].Fill(chunk));
                    break;
                default:
                    _peers[name].Effects.Add(effect);
                    break;
            }
        }
    }

    /// <summary>The effects of the latest inputs that send and write nothing.</summary>
    public IReadOnlyList<Effect> TakeEffects(string name)
    {
        Effect[] effects = [.. _peers[name].Effects];
        _peers[name].Effects.Clear();
        return effects;
    }

    /// <summary>Makes a snapshot of all that a peer knows to be committed, and drops the entries before.</summary>
    public void Compact(string name, ReadOnlyMemory<byte> state)
    {
        var peer = _peers[name];
        peer.State = state;
        var snapshot = peer.Core.DescribeSnapshot(peer.Core.CommitIndex, state.Length);
        Step(name, new Input.SnapshotTaken(snapshot));
    }

    private void Send(string from, RaftActors.Core.Envelope envelope)
    {
        var to = envelope.To.Name.Process;
        if (_isSilent)
        {
            return;
        }

        if (_peers.ContainsKey(to) && (_parted.Contains(from) || _parted.Contains(to)))
        {
            return;
        }

        if (_peers.ContainsKey(to))
        {
            _turns.Post(to, () => Step(to, new Input.Receive(envelope)));
        }
        else if (IsAllCut || _cut.Contains(from))
        {
            // It is lost.
        }
        else if (IsHeld)
        {
            _held.Enqueue((RefOf(from), ScenarioMessages.Of(envelope)));
        }
        else
        {
            _tellEngine(RefOf(from), ScenarioMessages.Of(envelope));
        }
    }

    private void OnMessage(string to, object message)
    {
        _said(to, message);
        _boot = ScenarioMessages.EnvelopeIn(message)?.Boot ?? _boot;
        if (!_peers.ContainsKey(to))
        {
            return;
        }

        if (ScenarioMessages.EnvelopeIn(message) is { } envelope
            && !IsAllCut
            && !_cut.Contains(to)
            && !(RefusesTransfers && envelope.Body is Message.TimeoutNow))
        {
            _turns.Post(to, () => Step(to, new Input.Receive(envelope)));
        }
    }

    private void OnTick()
    {
        _turns.After(Tick, OnTick);
        foreach (var peer in _peers.Values.Where(peer => peer.Core.Role == RaftRole.Leader))
        {
            Step(peer.Name, Input.Tick.Instance);
        }
    }

    private sealed class Peer(ScenarioPeers peers, string name, RaftCore core)
    {
        public string Name => name;

        public RaftCore Core => core;

        public IActorRef Ref { get; set; } = peers.EngineOf(name, $"n-{name}", 1);

        public List<Effect> Effects { get; } = [];

        /// <summary>The state in its latest snapshot.</summary>
        public ReadOnlyMemory<byte> State { get; set; }

        public RaftActors.Core.Envelope Fill(Effect.SendChunk chunk)
        {
            var rest = State[(int)chunk.Offset..];
            var body = (Message.SnapshotChunk)chunk.Envelope.Body;
            return chunk.Envelope with { Body = body with { Data = rest[..Math.Min(chunk.Limit, rest.Length)] } };
        }
    }
}

/// <summary>A reference outside of the actor system. It gives what it is told to the scenario at once.</summary>
internal sealed class ScenarioRef(ActorPath path, Action<object, IActorRef> tell) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => throw new NotSupportedException("A peer of a scenario has no actor system.");

    protected override void TellInternal(object message, IActorRef sender) => tell(message, sender);
}
