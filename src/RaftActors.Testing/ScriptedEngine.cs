using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Testing;

/// <summary>Acts as the engine of the actor under test. Steps before the actor's start wait for it.</summary>
internal sealed class ScriptedEngine<TValue>(ValueCodec<TValue> values, IActorRef? probe, LogSlice log) : UntypedActor
{
    private readonly List<Action<ScriptedEngine<TValue>>> _waiting = [];
    private readonly OrderedDictionary<ProcessName, Peer> _met = [];
    private readonly Dictionary<RequestId, TaskCompletionSource<string?>> _proposed = [];
    private readonly Dictionary<RequestId, TaskCompletionSource<Entry<TValue>?>> _asked = [];
    private readonly ChunkedList<LogEntry> _committed = new();
    private RaftProcess? _process;
    private IActorRef? _actor;
    private long _life;
    private Quorum? _quorum;
    private Leader? _leader;

    public void Meet(Peer peer)
    {
        _met[peer.Name] = peer;
        _actor?.Tell(new ToActor.PeerMet(_life, peer));
    }

    public void SetQuorum(Func<ProcessName, Quorum?> quorum)
    {
        _quorum = quorum(Process.Name);
        _actor?.Tell(new ToActor.QuorumIs(_life, _quorum));
    }

    /// <param name="choose">Gets the name of the actor's process.</param>
    public void SetLeader(Func<ProcessName, ProcessName> choose, long term, Serial serial)
    {
        var (self, name) = (Process.Name, choose(Process.Name));
        var actor = name == self ? _actor : ActorOf(name);
        TellLeader(new Leader(name, actor, term, serial, isSelf: name == self, isReady: true));
    }

    public void LoseLeader() => TellLeader(null);

    public void Commit(LogEntry entry, RequestRef? request, RequestKeyHash? requestKey)
    {
        if (request is { } own && entry.Payload is Payload.Pair pair)
        {
            var id = own.Id;
            entry = entry with
            {
                Payload = requestKey is { } key ? new Payload.KeyedPair(key, id, pair.Key, pair.Value) : pair with { Request = id },
            };
            Process.Appends.NoteCommitted(own, entry.Serial);
        }

        Commit([entry]);
        _actor?.Tell(new ToActor.Committed(_life, entry.Serial));
    }

    /// <summary>The pairs after this serial have the version.</summary>
    public void Upgrade(Serial last, int logicVersion)
    {
        var version = GroupVersion.Lowest with { Logic = logicVersion };
        Configuration raised = new(GroupUid.None, 1, [Process.Member], [], [], []) { Version = version };
        Commit([new LogEntry(new LogIndex(last.Value), Term.Zero, last, new Payload.Reconfigure(raised))]);
        Process.Status = Process.Status with { LogicVersion = logicVersion };
        _actor?.Tell(new ToActor.Committed(_life, last));
    }

    /// <summary>The pair of another Append with the same request key is committed under this serial.</summary>
    public void Repeat(RequestRef request, Serial serial)
    {
        Process.Appends.NoteCommitted(request, serial);
        _actor?.Tell(new ToActor.Repeated(_life, request, serial));
    }

    public void Answer(RequestRef request, Serial serial)
    {
        var pair = Process.Pairs.Read(serial) ?? throw new InvalidOperationException(
            $"No pair with serial {serial} is committed, so the Get cannot be answered. Commit it first.");
        _actor?.Tell(new ToActor.Answered(_life, request, pair));
    }

    public void Confirm(RequestRef request) =>
        _actor?.Tell(new ToActor.Readable(_life, Process.Pairs.CommittedSerial, [new ReadableQuery(request)]));

    public void Cancel(RequestRef request, RaftFailure failure) => _actor?.Tell(new ToActor.Cancelled(ToActor.AnyLife, request, failure));

    public void TakeSnapshot() => _actor?.Tell(new ToActor.TakeSnapshot(_life));

    public void SendSnapshot(Serial serial, ReadOnlyMemory<byte> state)
    {
        Process.Pairs.StartAfter(PositionOf(serial));
        var results = new KeptResults<TValue>(Context.System, codec: null);
        Keep(serial, [.. state.Span, .. SnapshotTail.Of(results)]);
        _actor?.Tell(new ToActor.Restore(_life, serial));
    }

    public void Propose(RequestId question, string key, ReadOnlyMemory<byte> value, TaskCompletionSource<string?> fault)
    {
        _proposed[question] = fault;
        _actor?.Tell(new ToActor.Validate(_life, question, key, value));
    }

    public void Ask(RequestId question, Serial serial, TaskCompletionSource<Entry<TValue>?> served)
    {
        _asked[question] = served;
        _actor?.Tell(new ToActor.Serve(_life, question, serial));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Step step when _process is null:
                _waiting.Add(step.Run);
                break;
            case Step step:
                step.Run(this);
                break;
            case ToEngine.Attach attach:
                OnAttach(attach);
                break;
            case ToEngine.ReadInbox:
                ReadInbox();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void ReadInbox()
    {
        while (Process.Engine.TryTake(_life, out var message))
        {
            OnActor(message);
        }

        if (Process.Engine.EndReading(_life))
        {
            Self.Tell(ToEngine.ReadInbox.Instance);
        }
    }

    private void OnActor(ToEngine message)
    {
        switch (message)
        {
            case ToEngine.Append { Refusal: { } refusal } append:
                Cancel(append.Request, refusal);
                break;
            case ToEngine.Append append:
                probe?.Tell(ToFromActor(append), _actor);
                break;
            case ToEngine.Get get:
                probe?.Tell(new FromActor<TValue>.Get(get.Request, get.Serial), _actor);
                break;
            case ToEngine.Query query:
                probe?.Tell(new FromActor<TValue>.Query(query.Request, query.Consistency), _actor);
                break;
            case ToEngine.WantSnapshot:
                TakeSnapshot();
                break;
            case ToEngine.State { Writer: { } writer } state:
                var bytes = Written(writer);
                Keep(state.Serial, bytes);
                var own = SnapshotTail.StateOf(bytes);
                var content = state.IsBlock
                    ? ValueCodec<object?>.ContentOfCodec(own.Span) ?? new ValueCodec<object?>(Context.System).Decode(own)
                    : own.ToArray();
                probe?.Tell(new FromActor<TValue>.Snapshot(state.Serial, content), _actor);
                break;
            case ToEngine.Validated validated when _proposed.Remove(validated.Request, out var proposed):
                proposed.SetResult(validated.Fault);
                break;
            case ToEngine.Served served when _asked.Remove(served.Request, out var asked):
                asked.SetResult(ToEntry(served.Pair));
                break;
        }
    }

    private RaftProcess Process => _process ?? throw new InvalidOperationException("No raft actor has started. Start it before this call.");

    private FromActor<TValue>.Append ToFromActor(ToEngine.Append append) => new(append.Request, append.Key, values.Decode(append.Value))
    {
        RequestKey = append.RequestKey?.Hash,
        Reminder = append.IsOfReminder ? append.Value : default(ReadOnlyMemory<byte>?),
    };

    // From one list, as Core does: the committed pairs are a view of it.
    private void Commit(LogSlice entries)
    {
        foreach (var entry in entries)
        {
            _committed.Add(entry);
        }

        Process.Pairs.Commit(LogSlice.Of(_committed, _committed.Count - entries.Length, entries.Length));
    }

    // A restarted actor receives everything again, as from a real engine.
    private void OnAttach(ToEngine.Attach attach)
    {
        var isFirst = _process is null;
        _process = attach.Process;
        Commit(isFirst ? log : default);
        _actor = Sender;
        _life = attach.Life;
        _actor?.Tell(new ToActor.Attached(_life, Self, Serial.Zero));
        var last = attach.LastSerial;
        if (Process.Snapshot is { Position.Serial: var serial } && serial > last)
        {
            last = serial;
            _actor?.Tell(new ToActor.Restore(_life, last));
        }

        foreach (var (request, committed) in Process.Appends.Committed())
        {
            _actor?.Tell(new ToActor.Repeated(_life, request, committed));
        }

        foreach (var peer in _met.Values)
        {
            _actor?.Tell(new ToActor.PeerMet(_life, peer));
        }

        if (_quorum is not null)
        {
            _actor?.Tell(new ToActor.QuorumIs(_life, _quorum));
        }

        if (_leader is not null)
        {
            _actor?.Tell(new ToActor.LeaderIs(_life, _leader with { Serial = Process.Pairs.CommittedSerial }));
        }

        if (Process.Pairs.CommittedSerial > last)
        {
            _actor?.Tell(new ToActor.Committed(_life, Process.Pairs.CommittedSerial));
        }

        _waiting.ForEach(step => step(this));
        _waiting.Clear();
    }

    private void TellLeader(Leader? leader)
    {
        _leader = leader;
        _actor?.Tell(new ToActor.LeaderIs(_life, leader));
    }

    private IActorRef? ActorOf(ProcessName name) => _met.GetValueOrDefault(name)?.Actor;

    private static LogPosition PositionOf(Serial serial) => new(new LogIndex(serial.Value), Term.Zero, serial, 0);

    // A state that the actor took before a later snapshot came is late, and an engine drops it, too.
    private void Keep(Serial serial, byte[] state)
    {
        if (Process.Snapshot?.Position.Serial > serial)
        {
            return;
        }

        var configuration = new Configuration(GroupUid.None, 0, [], [], [], []);
        var snapshot = new Snapshot(PositionOf(serial), LogIndex.Zero, configuration, [], state.Length);
        using var writer = Process.Store.BeginSnapshot(snapshot);
        writer.Append(state);
        writer.Complete();
        Process.Snapshot = snapshot;
    }

    // A test wants the state at once, so the engine waits for its writer.
    private static byte[] Written(StateWriter writer)
    {
        var state = new OpenStream();
        writer(state, CancellationToken.None).GetAwaiter().GetResult();
        return state.ToArray();
    }

    private Entry<TValue>? ToEntry(StoredPair? pair) =>
        pair is { } known ? new(known.Serial, known.Key, values.Decode(known.Value)) { Time = known.Time.ToDateTimeOffset() } : null;

    // A writer may dispose the stream, and the results follow its state.
    private sealed class OpenStream : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
        }
    }

    public sealed record Step(Action<ScriptedEngine<TValue>> Run);
}
