namespace RaftActors.Tests.Scenarios;

/// <summary>
/// Runs the directives of one scenario: the process <c>a</c> with its real engine and actor, in a group of scripted peers. Everything that
/// a directive causes without the clock happens before the next one.
/// </summary>
/// <remarks>
/// <list type="bullet">
/// <item><c>start</c>: see <see cref="Start"/>. It says nothing.</item>
/// <item><c>lead</c>, <c>follow b</c>: a leads, or follows b. The clock moves, and nothing is said.</item>
/// <item><c>elect b</c>: b leads. The clock does not move.</item>
/// <item><c>cut b</c>, <c>cut</c>: messages of Core between a and b, or a and all peers, are lost until <c>heal</c>. <c>part b</c>: those
/// between b and the other peers are.</item>
/// <item><c>hold</c>: messages of Core to a wait until <c>release</c>. <c>release 1</c>: one of them arrives, <c>release
/// last</c>: the latest.</item>
/// <item><c>no-transfers</c>: the peers do not hear that they are to campaign, until <c>transfers</c>.</item>
/// <item><c>tick 3</c>, <c>wait 2s</c>: the clock moves.</item>
/// <item><c>show</c>, <c>hide</c>: core, peers, writes, reads, events. <c>state</c>: the explanation of a.</item>
/// <item><c>quietly ...</c>: a directive that says nothing. <c>repeat 9 ...</c>: nine times, with 1 to 9 in the place of <c>{n}</c>.</item>
/// <item><c>engine: pause</c>: the engine takes no turns until <c>go</c>; <c>step</c>: it takes one. So do <c>actor</c>, <c>pairs</c> and
/// <c>pages</c>, the readers of the store, and <c>raft-opening</c>, the thread that opens it.</item>
/// <item><c>actor: append k v</c> and further calls: see <see cref="OnActor"/> and <see cref="Call"/>.</item>
/// <item><c>client 1: append 7 k v</c> and further calls: see <see cref="ScenarioClients"/>. The number makes the request 1.7.</item>
/// <item><c>peer b: takes #1</c>: b, which leads, appends the pair of this request and says where. <c>appends #1</c>: without the
/// answer. <c>writes k v</c>: b appends a pair of its own, or with <c>as=1.7</c> that of a client. Changes and news of discovery are in
/// <see cref="OnPeer"/>, and messages of engines in <see cref="ScenarioMessages.Of"/>.</item>
/// <item><c>store: hold</c> and further ones: see <see cref="OnStore"/>. <c>node: prepares</c>, <c>restarts</c>: see
/// <see cref="OnNode"/>.</item>
/// <item><c>duplicate n-x</c>: discovery finds a second process called a, on this node.</item>
/// <item><c>unnamed 3</c>: discovery finds three processes that no configuration names. <c>unnamed-stopped s1</c>: this one has
/// stopped.</item>
/// </list>
/// </remarks>
internal sealed partial class ScenarioRunner : IDisposable
{
    private const string Self = "a";
    private const int TicksMax = 400;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);

    private readonly ScenarioTurns _turns = new();
    private readonly ScenarioOutput _output = new();
    private readonly ScenarioRequests _requests = new();
    private readonly SynchronizationContext? _outer = SynchronizationContext.Current;
    private readonly HashSet<string> _shown = [];
    private ScenarioScript _script = null!; // Justification: these are set by the first directive, start.
    private ScenarioNode _node = null!;
    private ScenarioStore _store = null!;
    private ScenarioPeers _peers = null!;
    private ScenarioMessages _messages = null!;
    private ScenarioClients _clients = null!;
    private IActorRef _actor = null!;
    private ScenarioRef _caller = null!;
    private ScenarioLine _start = null!;
    private TaskCompletionSource? _writing;
    private int _unnamed;

    // The kind of the next lives of the actor; null: as the start says.
    private string? _kind;

    public ScenarioRunner()
    {
        Machine.Use(new ScenarioNode.TurnMachine(_turns));
        SynchronizationContext.SetSynchronizationContext(null);
    }

    private ActorSelection Engine => _node.System.ActorSelection($"/system/raft/default/{Self}");

    private RaftStatus Status => Raft.Get(_node.System).Processes[0];

    /// <summary>Runs a directive, and returns all that it causes.</summary>
    public string Run(string text)
    {
        var line = ScenarioLine.Parse(text);
        try
        {
            Do(line);
        }
        catch (Exception e) when (e is FormatException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"'{text}': {e.Message}", e);
        }

        _turns.Run();
        return _output.Take();
    }

    public void Dispose()
    {
        _output.IsMuted = true;
        _node?.Dispose();
        Machine.Use(null);
        SynchronizationContext.SetSynchronizationContext(_outer);
    }

    private void Do(ScenarioLine line)
    {
        switch (line.Subject.Split(' '))
        {
            case ["actor"]:
                OnActor(line);
                break;
            case ["clients", var last]:
                for (var number = 1; number <= int.Parse(last); number++)
                {
                    _clients.Call(line with { Subject = $"client {number}" });
                }

                break;
            case ["client", _]:
                _clients.Call(line);
                break;
            case ["peer", var peer]:
                OnPeer(peer, line);
                break;
            case ["store"]:
                OnStore(line);
                break;
            case ["node"]:
                OnNode(line);
                break;
            case [""]:
                OnScenario(line);
                break;
            case [var place] when line.Verb == "pause":
                _turns.Pause(place);
                break;
            case [var place] when line.Verb == "step":
                _turns.Step(place);
                break;
            case [var place] when line.Verb == "go":
                _turns.GoOn(place);
                break;
            default:
                throw new FormatException($"There is no '{line.Subject}'.");
        }
    }

    private void OnScenario(ScenarioLine line)
    {
        switch (line.Verb)
        {
            case "start":
                Muted(() => Start(line));
                break;
            case "lead":
                Muted(() => AdvanceUntil(() => Status.Role == RaftRole.Leader, settle: 10));
                break;
            case "follow":
                Muted(() =>
                {
                    _peers.Elect(line[0]);
                    AdvanceUntil(() => Status.Leader == ScenarioPeers.NameOf(line[0]), settle: 10);
                });
                break;
            case "elect":
                _peers.Elect(line[0]);
                break;
            case "cut":
                _peers.Cut(line.Words);
                break;
            case "no-transfers":
                _peers.RefusesTransfers = true;
                break;
            case "transfers":
                _peers.RefusesTransfers = false;
                break;
            case "part":
                _peers.Part(line.Words);
                break;
            case "heal":
                _peers.Heal();
                break;
            case "hold":
                _peers.Hold();
                break;
            case "release" when line.Has("last"):
                _peers.ReleaseLast();
                break;
            case "release":
                _peers.Release(line.Words.Count > 0 ? int.Parse(line[0]) : null);
                break;
            case "tick":
                _turns.Advance(int.Parse(line[0]) * Tick);
                break;
            case "wait":
                _turns.Advance(ScenarioLine.TimeOf(line[0]));
                break;
            case "show" or "hide":
                Show(line.Words, line.Verb == "show");
                break;
            case "state":
                _clients.SayState();
                break;
            case "unnamed":
                for (var number = 1; number <= int.Parse(line[0]); number++)
                {
                    var found = $"s{++_unnamed}";
                    TellEngine(_messages.Found(ScenarioPeers.NameOf(found), _peers.EngineOf(found, $"n-{found}", uid: 1)));
                }

                break;
            case "unnamed-stopped":
                var stopped = line with { Verb = "stopped", Words = [] };
                var engine = _peers.EngineOf(line[0], $"n-{line[0]}", uid: 1);
                TellEngine(_messages.NewsOf(stopped, ScenarioPeers.NameOf(line[0]), engine)!); // Justification: it is news.
                break;
            case "duplicate":
                TellEngine(_messages.Found(ScenarioPeers.NameOf(Self), _peers.EngineOf(Self, line[0], uid: 1)));
                break;
            case "repeat":
                for (var number = 1; number <= int.Parse(line[0]); number++)
                {
                    Do(ScenarioLine.Parse(line.Text(1).Replace("{n}", $"{number}")));
                    _turns.Run();
                }

                break;
            case "quietly":
                Muted(() =>
                {
                    Do(ScenarioLine.Parse(line.Text(0)));
                    _turns.Run();
                });
                break;
            default:
                throw new FormatException($"There is no '{line.Verb}'.");
        }
    }

    private void Muted(Action run)
    {
        _output.IsMuted = true;
        run();
        _turns.Run();
        _output.IsMuted = false;
    }

    // Ticks one by one, and then some more for the messages that follow.
    private void AdvanceUntil(Func<bool> isReached, int settle)
    {
        for (var ticks = 0; !isReached(); ticks++)
        {
            if (ticks == TicksMax)
            {
                throw new InvalidOperationException($"It is not reached within {TicksMax} ticks: {Status}");
            }

            _turns.Advance(Tick);
        }

        _turns.Advance(settle * Tick);
    }

    private void Show(IReadOnlyList<string> what, bool isShown)
    {
        foreach (var word in what)
        {
            switch (word)
            {
                case "core":
                    _messages.ShowsCore = isShown;
                    break;
                case "peers":
                    _script.ShowsPeers = isShown;
                    break;
                case "writes":
                    _store.ShowsWrites = isShown;
                    break;
                case "reads":
                    _store.ShowsReads = isShown;
                    break;
                case "events" when isShown:
                    _shown.Add(word);
                    break;
                case "events":
                    _shown.Remove(word);
                    break;
                default:
                    throw new FormatException($"'{word}' cannot be shown.");
            }
        }
    }

    private void TellEngine(object message, IActorRef? from = null) => Engine.Tell(message, from ?? ActorRefs.NoSender);

    private void OnMessage(string peer, object message)
    {
        _messages.Note(message);
        if (_messages.Describe(message) is { } words)
        {
            _output.Say(ScenarioOutput.Source.Peer, $"-> {peer}: {words}", peer);
        }
    }
}
