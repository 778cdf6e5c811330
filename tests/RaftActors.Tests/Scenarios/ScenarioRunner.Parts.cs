namespace RaftActors.Tests.Scenarios;

/// <content>What the actor, the peers, the store and the node do.</content>
internal sealed partial class ScenarioRunner
{
    private void OnActor(ScenarioLine line)
    {
        switch (line.Verb)
        {
            case "pause":
                _turns.Pause(Self);
                break;
            case "step":
                _turns.Step(Self);
                break;
            case "go":
                _turns.GoOn(Self);
                break;
            case "slow":
                _script.Slowness = ScenarioLine.TimeOf(line[0]);
                break;
            case "becomes":
                _kind = line[0];
                break;
            case "fails":
                _script.Failing.Add(line.Rest(0));
                break;
            case "fails-once":
                _script.FailingOnce.Add(line.Rest(0));
                break;
            case "works":
                _script.Failing.Remove(line.Rest(0));
                break;
            case "restart":
                Tell(_ => throw new ScenarioException("restart"));
                break;
            case "stop":
                _node.System.Stop(_actor);
                break;
            case "start":
                StartActor();
                break;
            case "writer" when line[0] == "waits":
                _script.MayWrite = (_writing = new TaskCompletionSource()).Task;
                break;
            case "writer":
                _writing?.SetResult();
                _script.MayWrite = Task.CompletedTask;
                break;
            case "constructor":
                var early = ScenarioLine.Parse(line.Text(0));
                _script.AtConstruction = line.Has("nothing") ? null : actor => Call(actor.Own, early);
                break;
            default:
                Tell(actor => Call(actor.Own, line));
                break;
        }
    }

    private void Tell(Action<ScenarioActor> run) => _actor.Tell(run);

    private void Call(RaftContext<string, int> raft, ScenarioLine line)
    {
        var timeout = line.Time("timeout");
        switch (line.Verb)
        {
            case "append" when line.Has("awaited"):
                _ = AwaitAsync(raft.AppendAsync(line[0], line[1], timeout, KeyOf(line)));
                break;
            case "append-many":
                _ = AwaitAsync(raft.AppendManyAsync([.. line.Words.Select(word => ("k", word))], timeout));
                break;
            case "query" when line.Has("number"):
                _ = AwaitAsync(raft.QueryAsync<int>(line[0], timeout));
                break;
            case "query" when line.Has("awaited"):
                _ = AwaitAsync(raft.QueryAsync<object?>(line[0], timeout, ScenarioClients.ConsistencyOf(line)));
                break;
            case "append":
                var value = line.Number("size") is { } size ? new string('x', (int)size) : line[1];
                Serial? last = line.Number("if") is { } serial ? new Serial(serial) : null;
                _requests.NameOf(raft.Append(line[0], value, timeout, line.Has("untold") ? null : _caller, KeyOf(line), last));
                break;
            case "appends":
                for (var number = 1; number <= int.Parse(line[0]); number++)
                {
                    _requests.NameOf(raft.Append("k", $"{number}", timeout));
                }

                break;
            case "query":
                _requests.NameOf(raft.Query(line[0], timeout, _caller, ScenarioClients.ConsistencyOf(line)));
                break;
            case "get":
                _requests.NameOf(raft.Get(new Serial(long.Parse(line[0])), timeout));
                break;
            case "gets":
                raft.Get(new SerialRange(new Serial(long.Parse(line[0])), new Serial(long.Parse(line[1]))));
                break;
            case "reads":
                _script.Say($"reads {(raft.Read(new Serial(long.Parse(line[0]))) is { } pair ? $"{pair.Key}={pair.Value}" : "nothing")}");
                break;
            case "peers":
                var met = raft.Peers.Select(each => $"{each.Name} {(each.IsReachable ? "in reach" : "out of reach")}");
                _script.Say($"peers {string.Join(", ", met)}");
                break;
            case "snapshot":
                raft.TakeSnapshot();
                break;
            default:
                throw new FormatException($"The actor does not do '{line.Verb}'.");
        }
    }

    private static RequestKey? KeyOf(ScenarioLine line)
    {
        Serial? since = line.Number("since") is { } serial ? new Serial(serial) : null;
        return line.Setting("key") is { } text ? new RequestKey(text, since) : default(RequestKey?);
    }

    private void OnPeer(string peer, ScenarioLine line)
    {
        if (_messages.NewsOf(line, ScenarioPeers.NameOf(peer), _peers.RefOf(peer)) is { } news)
        {
            TellEngine(news);
            return;
        }

        switch (line.Verb)
        {
            case "moves":
                _peers.Move(peer, line.Words.Count > 0 ? line[0] : $"n-{peer}", uid: 2);
                break;
            case "shuts-out":
                _peers.Refuse(
                    peer, ScenarioPeers.MemberOf(Self), Enum.Parse<RefusalReason>(line[0]), line.Rest(1));
                break;
            case "duplicate":
                _peers.Greet(peer, ScenarioPeers.MemberOf(Self), life: 77, line[0]);
                break;
            case "hands-over":
                _peers.Step(peer, new Input.Transfer(ScenarioPeers.NameOf(line[0])));
                break;
            case "takes" or "appends":
                Propose(peer, _messages.PairOf(_requests.Find(line[0])), line.Has("retry"), mayAnswer: line.Verb == "takes");
                break;
            case "writes":
                var request = _requests.Find(line.Setting("as") ?? $"{peer}{++_written}");
                Propose(peer, _messages.Pair(request, line[0], line[1], line.Setting("key")), isRetry: false, mayAnswer: false);
                break;
            case "changes":
                var asked = line with { Verb = line[0], Words = [.. line.Words.Skip(1)] };
                ChangeMembers(peer, (GroupChange.Members)ScenarioMessages.ChangeOf(asked)!); // Justification: a scenario knows its words.
                break;
            case "compacts":
                _peers.Compact(peer, _messages.StateOf(line[0]));
                break;
            default:
                TellEngine(_messages.Of(peer, line), _peers.RefOf(peer));
                break;
        }
    }

    private long _written;

    private void Propose(string peer, Payload.Pair pair, bool isRetry, bool mayAnswer)
    {
        _peers.TakeEffects(peer);
        _peers.Step(peer, new Input.Propose([pair], isRetry));
        foreach (var effect in _peers.TakeEffects(peer))
        {
            switch (effect)
            {
                case Effect.Repeated repeated when mayAnswer:
                    TellEngine(ScenarioMessages.Committed(repeated), _peers.RefOf(peer));
                    break;
                case Effect.Rejected rejected:
                    throw new InvalidOperationException($"{peer} rejects the pair: {rejected.Reason}.");
            }
        }
    }

    private void ChangeMembers(string peer, GroupChange.Members change)
    {
        _peers.TakeEffects(peer);
        var basedOn = _peers.CoreOf(peer).CommittedConfiguration!.Value.Index; // Justification: the group is founded.
        _peers.Step(peer, new Input.ChangeMembers(_requests.Find($"{peer}{++_written}"), basedOn, change.What));
        if (_peers.TakeEffects(peer).OfType<Effect.MembersRefused>().FirstOrDefault() is { } refused)
        {
            throw new InvalidOperationException($"{peer} refuses the change: {refused.Detail}");
        }
    }

    private void OnStore(ScenarioLine line)
    {
        switch (line.Verb)
        {
            case "hold":
                _store.Hold();
                break;
            case "durable":
                _store.FinishOne();
                break;
            case "release":
                _store.Release();
                break;
            case "fails":
                _store.Fail(line.Rest(0));
                break;
            case "short":
                _store.TellSpace(isShort: true);
                break;
            case "room":
                _store.TellSpace(isShort: false);
                break;
            case "hold-snapshots":
                _store.HoldsSnapshots = true;
                break;
            case "opens":
                _store.OpeningFailure = null;
                break;
            case "refuses-writes":
                _store.WritingFailure = line.Rest(0);
                break;
            case "unreadable":
                _store.ReadingFailure = line.Rest(0);
                break;
            case "readable":
                _store.ReadingFailure = null;
                break;
            case "garbles":
                _store.GarblesReads = true;
                break;
            case "refuses-snapshots":
                _store.SnapshotFailure = line.Rest(0);
                break;
            case "takes-snapshots":
                _store.SnapshotFailure = null;
                break;
            default:
                throw new FormatException($"The store does not do '{line.Verb}'.");
        }
    }

    private void OnNode(ScenarioLine line)
    {
        switch (line.Verb)
        {
            case "prepares":
                var asker = new ScenarioRef(
                    new RootActorPath(new Address("akka", "shutdown")) / "shutdown",
                    (_, _) => _output.Say(ScenarioOutput.Source.Caller, "node: may stop", "node"));
                _node.System.ActorSelection("/system/raft").Tell(ScenarioMessages.StopOfNode, asker);
                break;
            case "restarts":
                _store.HoldsWhenOpened = line.Has("held");
                Muted(() =>
                {
                    _node.Dispose();
                    MakeNode();
                });
                StartActor();
                foreach (var name in _peers.Names)
                {
                    Meet(name);
                }

                break;
            default:
                throw new FormatException($"The node does not do '{line.Verb}'.");
        }
    }
}
