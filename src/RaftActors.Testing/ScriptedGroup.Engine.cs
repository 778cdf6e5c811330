using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Values;
using RaftActors.Wire;

namespace RaftActors.Testing;

/// <content>
/// Acts as the engine of the actor under test. Steps before the actor's start wait for it. The state is for the engine's thread.
/// </content>
public sealed partial class ScriptedGroup<TValue>
{
    private readonly List<Action> _waiting = [];
    private readonly OrderedDictionary<ProcessName, Peer> _met = [];
    private readonly Dictionary<RequestId, TaskCompletionSource<string?>> _proposed = [];
    private readonly Dictionary<RequestId, TaskCompletionSource<Entry<TValue>?>> _asked = [];
    private readonly ChunkedList<LogEntry> _committed = new();

    // The pairs that are committed before the actor starts.
    private readonly LogSlice _log;
    private RaftProcess? _process;
    private IActorRef? _actor;
    private long _life;
    private Quorum? _quorum;
    private Leader? _leader;

    private RaftProcess Process => _process ?? throw new InvalidOperationException("No raft actor has started. Start it before this call.");

    private void TellActor(ToActor message) => _actor?.Tell(message, _engine);

    private void SetQuorum(Quorum? quorum)
    {
        _quorum = quorum;
        TellActor(new ToActor.QuorumIs(_life, quorum));
    }

    private void SetLeader(Leader? leader)
    {
        _leader = leader;
        TellActor(new ToActor.LeaderIs(_life, leader));
    }

    private void CancelNow(RequestRef request, RaftFailure failure) =>
        TellActor(new ToActor.Cancelled(ToActor.AnyLife, request, failure));

    /// <summary>Takes the messages of the actor in place of the probe, in the engine's thread.</summary>
    internal Action<ToEngine>? Observe { get; init; }

    /// <summary>
    /// Delivers entries of a log, and asks for the digest behind them. The caller waits for the digest before the next call, because the
    /// pairs before are released then.
    /// </summary>
    internal void Deliver(LogSlice entries) => Do(() =>
    {
        Process.Pairs.DiscardTo(Process.Pairs.CommittedSerial, new LogIndex(entries[0].Index.Value - 1));
        Process.Pairs.Commit(entries);
        TellActor(new ToActor.Committed(_life, entries[^1].Serial));
        TellActor(new ToActor.WantDigest(_life, entries[^1].Serial));
    });

    /// <summary>Delivers a snapshot of another store, and asks for the digest behind it.</summary>
    internal void Deliver(Snapshot snapshot, IEnumerable<byte[]> state) => Do(() =>
    {
        Process.Pairs.StartAfter(snapshot.Position, snapshot.Configuration);
        Keep(snapshot, state);
        TellActor(new ToActor.Restore(_life, snapshot.Position.Serial));
        TellActor(new ToActor.WantDigest(_life, snapshot.Position.Serial));
    });

    private void OnActor(ToEngine message)
    {
        if (Observe is { } observe)
        {
            observe(message);
            return;
        }

        switch (message)
        {
            case ToEngine.Append { Refusal: { } refusal } append:
                CancelNow(append.Request, refusal);
                break;
            case ToEngine.Append { Pairs: { Count: > 1 } pairs } append:
                _probe?.Tell(
                    new FromActor<TValue>.AppendMany(
                        append.Request,
                        [.. PairBatch.Decode(pairs.Count, pairs.Value).Select(pair => (pair.Key, _values.Decode(pair.Value)))])
                    {
                        RequestKey = append.RequestKey?.Hash,
                        IfSerial = append.IfSerial,
                    },
                    _actor);
                break;
            case ToEngine.Append append:
                _probe?.Tell(ToFromActor(append), _actor);
                break;
            case ToEngine.Get get:
                _probe?.Tell(new FromActor<TValue>.Get(get.Request, get.Serial), _actor);
                break;
            case ToEngine.Query query:
                _probe?.Tell(new FromActor<TValue>.Query(query.Request, query.Consistency), _actor);
                break;
            case ToEngine.WantSnapshot:
                TellActor(new ToActor.TakeSnapshot(_life));
                break;
            case ToEngine.State { Writer: { } writer } state:
                var bytes = Written(writer);
                Keep(state.Serial, bytes);
                var own = SnapshotTail.StateOf(bytes);
                var content = state.IsBlock
                    ? ValueCodec<object?>.ContentOfCodec(own.Span) ?? new ValueCodec<object?>(_system).Decode(own)
                    : own.ToArray();
                _probe?.Tell(new FromActor<TValue>.Snapshot(state.Serial, content), _actor);
                break;
            case ToEngine.Validated validated when _proposed.Remove(validated.Request, out var proposed):
                proposed.SetResult(validated.Fault);
                break;
            case ToEngine.Served served when _asked.Remove(served.Request, out var asked):
                asked.SetResult(ToEntry(served.Pair));
                break;
        }
    }

    private FromActor<TValue>.Append ToFromActor(ToEngine.Append append) => new(
        append.Request, append.Pairs.Key, _values.Decode(append.Pairs.Value))
    {
        RequestKey = append.RequestKey?.Hash,
        IfSerial = append.IfSerial,
        Reminder = append.IsOfReminder ? append.Pairs.Value : default(ReadOnlyMemory<byte>?),
    };

    private Entry<TValue>? ToEntry(StoredPair? pair) =>
        pair is { } known ? new(known.Serial, known.Key, _values.Decode(known.Value)) { Time = known.Time.ToDateTimeOffset() } : null;

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
    private void OnAttach(ToEngine.Attach attach, IActorRef actor)
    {
        var isFirst = _process is null;
        _process = attach.Process;
        Observe?.Invoke(attach);
        Commit(isFirst ? _log : default);
        (_actor, _life) = (actor, attach.Life);
        TellActor(new ToActor.Attached(_life, _engine, Serial.Zero));
        var last = attach.LastSerial;
        if (Process.Snapshot is { Position.Serial: var serial } && serial > last)
        {
            last = serial;
            TellActor(new ToActor.Restore(_life, last));
        }

        foreach (var (request, committed) in Process.Appends.Committed())
        {
            TellActor(new ToActor.Repeated(_life, request, committed));
        }

        foreach (var peer in _met.Values)
        {
            TellActor(new ToActor.PeerMet(_life, peer));
        }

        if (_quorum is not null)
        {
            TellActor(new ToActor.QuorumIs(_life, _quorum));
        }

        if (_leader is not null)
        {
            TellActor(new ToActor.LeaderIs(_life, _leader with { Serial = Process.Pairs.CommittedSerial }));
        }

        TellActor(new ToActor.ToldAll(_life));
        if (Process.Pairs.CommittedSerial > last)
        {
            TellActor(new ToActor.Committed(_life, Process.Pairs.CommittedSerial));
        }

        _waiting.ForEach(step => step());
        _waiting.Clear();
    }

    private static LogPosition PositionOf(Serial serial) => new(new LogIndex(serial.Value), Term.Zero, serial, 0);

    // A state that the actor took before a later snapshot came is late, and an engine drops it, too.
    private void Keep(Serial serial, byte[] state)
    {
        if (Process.Snapshot?.Position.Serial > serial)
        {
            return;
        }

        var configuration = new Configuration(GroupUid.None, 0, [], [], [], []);
        Keep(new Snapshot(PositionOf(serial), LogIndex.Zero, configuration, [], state.Length), [state]);
    }

    private void Keep(Snapshot snapshot, IEnumerable<byte[]> state)
    {
        using var writer = Process.Store.BeginSnapshot(snapshot);
        foreach (var piece in state)
        {
            writer.Append(piece);
        }

        writer.Complete();
        Process.Snapshot = snapshot;
    }

    // A test wants the state at once, so the engine waits for its writer.
    internal static byte[] Written(StateWriter writer)
    {
        var state = new OpenStream();
        writer(state, CancellationToken.None).GetAwaiter().GetResult();
        return state.ToArray();
    }

    // A writer may dispose the stream, and the results follow its state.
    private sealed class OpenStream : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
        }
    }

    private sealed class Engine(ScriptedGroup<TValue> group) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case Action step when group._process is null:
                    group._waiting.Add(step);
                    break;
                case Action step:
                    step();
                    break;
                case ToEngine.Attach attach:
                    group.OnAttach(attach, Sender);
                    break;
                case ToEngine.ReadInbox:
                    ReadInbox(group.Process.Engine);
                    break;
                default:
                    Unhandled(message);
                    break;
            }
        }

        private void ReadInbox(EngineLink inbox)
        {
            while (inbox.TryTake(group._life, out var message))
            {
                group.OnActor(message);
            }

            if (inbox.EndReading(group._life))
            {
                Self.Tell(ToEngine.ReadInbox.Instance);
            }
        }
    }
}
