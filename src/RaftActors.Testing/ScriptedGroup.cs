using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Delivery;
using RaftActors.Sessions;
using RaftActors.Values;

namespace RaftActors.Testing;

/// <summary>
/// Replaces the group of one raft actor in a test. Each call is one event of the group, and causes the callbacks of that event. The
/// calls need no cluster, no sockets and no clock. Delivery follows the rules of production.
/// <para>
/// Create the group before the actor. Roster and node need no configuration. No call blocks: each goes through the actor's mailbox.
/// </para>
/// </summary>
/// <remarks>Not thread-safe. One group serves one raft actor in one actor system.</remarks>
/// <typeparam name="TValue">The type of the actor's values.</typeparam>
public sealed partial class ScriptedGroup<TValue>
{
    private readonly ActorSystem _system;
    private readonly ValueCodec<TValue> _values;
    private readonly IActorRef? _probe;
    private readonly IActorRef _engine;

    // For the thread of the test.
    private readonly Dictionary<RequestKeyHash, Serial> _keys = [];
    private readonly HashSet<RequestRef> _ended = [];
    private Serial _last;
    private DateTimeOffset? _time;
    private long _term;
    private long _questions;

    /// <summary>Creates the group. The next raft actor of the actor system attaches to it.</summary>
    /// <param name="system">The actor system of the test.</param>
    /// <param name="probe">Receives each <see cref="FromActor{TValue}"/>. If null, they are dropped.</param>
    /// <param name="log">
    /// The pairs that the group has committed before the actor starts, with serials 1, 2, 3 and so on. Null: none.
    /// </param>
    /// <param name="codec">The codec in the actor's options. Null: it has none.</param>
    /// <exception cref="InvalidOperationException">The actor system has a group or a raft actor already.</exception>
    public ScriptedGroup(
        ActorSystem system,
        IActorRef? probe = null,
        IReadOnlyList<(string Key, TValue Value)>? log = null,
        RaftCodec<TValue>? codec = null)
    {
        DemandFirst(Raft.Get(system), system.Name);
        (_system, _values, _probe) = (system, new ValueCodec<TValue>(system, codec), probe);
        _last = new Serial(log?.Count ?? 0);
        _log = [.. (log ?? []).Select((pair, i) => ToEntry(new Serial(i + 1), pair.Key, _values.Encode(pair.Value), null))];
        _engine = system.ActorOf(Props.Create(() => new Engine(this)));
        Raft.Get(system).ScriptedHost = _engine;
    }

    /// <summary>The two other processes of the group.</summary>
    public IReadOnlyList<ProcessName> Peers { get; } =
        [new("raft2@node2@scripted"), new("raft3@node3@scripted")];

    /// <summary>Builds a quorum of three with the actor as a member, and elects a peer.</summary>
    public void Found()
    {
        BuildQuorum();
        ElectPeer();
    }

    /// <summary>Lets the actor meet a process, or meet it again in another state. Callback: HandlePeer.</summary>
    /// <param name="peer">The name of the process.</param>
    /// <param name="serial">Its highest serial.</param>
    /// <param name="raftActor">Its raft actor. Null: it has none now.</param>
    /// <param name="isReachable">Whether messages reach it.</param>
    public void Meet(ProcessName peer, Serial serial, IActorRef? raftActor = null, bool isReachable = true) => Do(() =>
    {
        _met[peer] = new Peer(peer, raftActor, serial, isReachable);
        TellActor(new ToActor.PeerMet(_life, _met[peer]));
    });

    /// <summary>Builds a quorum. Callback: HandleQuorum.</summary>
    /// <param name="withActor">True: a quorum of three with the actor. False: a quorum of two; the actor is a learner.</param>
    public void BuildQuorum(bool withActor = true) =>
        Do(() => SetQuorum(new Quorum(withActor ? [Process.Name, .. Peers] : [.. Peers], withActor)));

    /// <summary>Loses the quorum. Callback: HandleQuorum with null.</summary>
    public void LoseQuorum() => Do(() => SetQuorum(null));

    /// <summary>
    /// Elects the first peer, in a new term, with all committed pairs. Callbacks: HandleLeader, and HandleMissing of an actor that
    /// fetches, if it lacks pairs.
    /// </summary>
    public void ElectPeer() => Elect(isActor: false);

    /// <summary>Elects the actor under test, in a new term. Callback: HandleLeader.</summary>
    public void ElectActor() => Elect(isActor: true);

    /// <summary>Loses the leader. Callback: HandleLeader with null.</summary>
    public void LoseLeader() => Do(() => SetLeader(null));

    /// <summary>Commits a pair of another process. Callback: HandleAppend.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <param name="time">
    /// The time of the pair, in milliseconds. Null: a second after the pair before, and 2000-01-01 00:00:01 in UTC for the first one. As in
    /// a log, a time below that of the pair before becomes that one.
    /// </param>
    /// <returns>The serial of the pair.</returns>
    public Serial Commit(string key, TValue value, DateTimeOffset? time = null) =>
        Commit(new EncodedPairs(key, _values.Encode(value)), time, null);

    /// <summary>
    /// Raises the logic version of the group. Callback: HandleUpgrade, if the actor has pairs. Later pairs have the version.
    /// </summary>
    /// <param name="logicVersion">Above the present one, which is 1 at first.</param>
    public void Upgrade(int logicVersion)
    {
        var last = _last;
        Do(() =>
        {
            var version = GroupVersion.Lowest with { Logic = logicVersion };
            Configuration raised = new(GroupUid.None, 1, [Process.Member], [], [], []) { Version = version };
            Commit([new LogEntry(new LogIndex(last.Value), Term.Zero, last, new Payload.Reconfigure(raised))]);
            Process.Status = Process.Status with { LogicVersion = logicVersion };
            TellActor(new ToActor.Committed(_life, last));
        });
    }

    /// <summary>
    /// Commits the pair of an Append of the actor. Callback: HandleAppend with the ref of the Append. If a pair with the same request key
    /// is committed, the Append ends with the outcome of that pair, without a callback.
    /// </summary>
    /// <param name="append">The Append.</param>
    /// <param name="time">As in the other overload.</param>
    /// <returns>The serial of the pair.</returns>
    /// <exception cref="InvalidOperationException">
    /// The Append is committed already. Or it names another last serial, so no group commits it: use Cancel with
    /// <see cref="FailureReason.Outdated"/>.
    /// </exception>
    public Serial Commit(FromActor<TValue>.Append append, DateTimeOffset? time = null)
    {
        ArgumentNullException.ThrowIfNull(append);
        EncodedPairs pairs = new(append.Key, append.Reminder ?? _values.Encode(append.Value));
        return CommitOnce(append.Request, pairs, append.RequestKey, append.IfSerial, time);
    }

    /// <summary>
    /// Commits the pairs of an AppendMany of the actor. Callbacks: HandleAppend with each pair, of which the last has the ref.
    /// </summary>
    /// <inheritdoc cref="Commit(FromActor{TValue}.Append, DateTimeOffset?)"/>
    /// <returns>The serial of the last pair.</returns>
    public Serial Commit(FromActor<TValue>.AppendMany append, DateTimeOffset? time = null)
    {
        ArgumentNullException.ThrowIfNull(append);
        var bytes = PairBatch.Encode([.. append.Pairs.Select(pair => (pair.Key, _values.Encode(pair.Value)))]);
        return CommitOnce(append.Request, new("", bytes, append.Pairs.Length), append.RequestKey, append.IfSerial, time);
    }

    /// <summary>Answers a Get of the actor with the committed pair of its serial. Callback: HandleSerial.</summary>
    /// <exception cref="InvalidOperationException">
    /// No pair with this serial is committed. The exception is thrown in the group's own actor, and logged there.
    /// </exception>
    public void Answer(FromActor<TValue>.Get get) => Do(() =>
    {
        var pair = Process.Pairs.Read(get.Serial) ?? throw new InvalidOperationException(
            $"No pair with serial {get.Serial} is committed, so the Get cannot be answered. Commit it first.");
        TellActor(new ToActor.Answered(_life, get.Request, pair));
    });

    /// <summary>Confirms a Query of the actor at the present commit index. Callback: HandleQuery.</summary>
    public void Confirm(FromActor<TValue>.Query query) =>
        Do(() => TellActor(new ToActor.Readable(_life, Process.Pairs.CommittedSerial, [new ReadableQuery(query.Request)])));

    /// <summary>Ends an Append, a Get or a Query of the actor without success. Callback: HandleCancel.</summary>
    public void Cancel(RequestRef request, RaftFailure failure) => Do(() => CancelNow(request, failure));

    /// <summary>Proposes a pair of another process to the actor as the leader. Callback: HandleProposal.</summary>
    /// <returns>What HandleProposal returned: null to accept the pair, or the fault for which it discards the pair.</returns>
    public Task<string?> ProposeAsync(string key, TValue value)
    {
        var question = NextQuestion();
        var bytes = _values.Encode(value);
        TaskCompletionSource<string?> fault = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Do(() =>
        {
            _proposed[question] = fault;
            TellActor(new ToActor.Validate(_life, question, key, bytes));
        });
        return fault.Task;
    }

    /// <summary>Fetches a pair from the actor for another process. Callback: HandleGet.</summary>
    /// <returns>What HandleGet returned. Null: the actor does not have the pair.</returns>
    public Task<Entry<TValue>?> AskAsync(Serial serial)
    {
        var question = NextQuestion();
        TaskCompletionSource<Entry<TValue>?> served = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Do(() =>
        {
            _asked[question] = served;
            TellActor(new ToActor.Serve(_life, question, serial));
        });
        return served.Task;
    }

    /// <summary>
    /// Requests a snapshot of the actor's state. Callback: TakeSnapshot, after the actor has received all committed pairs that are due.
    /// The probe receives the state.
    /// </summary>
    public void TakeSnapshot() => Do(() => TellActor(new ToActor.TakeSnapshot(_life)));

    /// <summary>
    /// Sends the actor a snapshot, as to a process that lags too far. Callback: RestoreSnapshot. The next commit has the following
    /// serial.
    /// </summary>
    /// <typeparam name="TState">The type of the state.</typeparam>
    /// <param name="serial">The snapshot covers all pairs up to this serial.</param>
    /// <param name="state">The state.</param>
    /// <param name="codec">The <c>StateCodec</c> of the actor. Null if it has none.</param>
    /// <exception cref="ArgumentOutOfRangeException">A higher serial is committed already.</exception>
    public void SendSnapshot<TState>(Serial serial, TState state, RaftCodec<TState>? codec = null) =>
        SendBytes(serial, new ValueCodec<TState>(_system, codec).Encode(state));

    /// <summary>Does the same for an actor that implements <see cref="IRaftStreamSnapshot"/>.</summary>
    /// <param name="serial">The snapshot covers all pairs up to this serial.</param>
    /// <param name="state">The bytes that a <see cref="StateWriter"/> wrote.</param>
    /// <exception cref="ArgumentOutOfRangeException">A higher serial is committed already.</exception>
    public void SendStreamSnapshot(Serial serial, byte[] state)
    {
        ArgumentNullException.ThrowIfNull(state);
        SendBytes(serial, state);
    }

    private void SendBytes(Serial serial, ReadOnlyMemory<byte> state)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, _last.Value);
        _last = serial;
        Do(() =>
        {
            Process.Pairs.StartAfter(PositionOf(serial));
            var results = new KeptResults<TValue>(_system, codec: null);
            Keep(serial, [.. state.Span, .. SnapshotTail.Of(results)]);
            TellActor(new ToActor.Restore(_life, serial));
        });
    }

    private void Elect(bool isActor)
    {
        var (term, serial) = (++_term, _last);
        Do(() =>
        {
            var name = isActor ? Process.Name : Peers[0];
            var actor = isActor ? _actor : _met.GetValueOrDefault(name)?.Actor;
            SetLeader(new Leader(name, actor, term, serial, isSelf: isActor, isReady: true));
        });
    }

    private static void DemandFirst(Raft raft, string system)
    {
        if (raft.ScriptedHost is not null)
        {
            throw new InvalidOperationException(
                $"The actor system '{system}' has a scripted group already, which serves one actor. Use that group, or create another "
                + "actor system.");
        }

        if (raft.Processes is [var early, ..])
        {
            throw new InvalidOperationException(
                $"The actor '{early.Name}' was created before the group, so it never attaches to it. Create the group before the actor.");
        }
    }

    private Serial CommitOnce(RequestRef request, EncodedPairs pairs, RequestKeyHash? requestKey, Serial? ifSerial, DateTimeOffset? time)
    {
        if (_ended.Contains(request))
        {
            throw new InvalidOperationException(
                $"The Append {request} is committed already, and a group commits an Append once. Take the next Append of the probe.");
        }

        if (requestKey is { } key && _keys.TryGetValue(key, out var first))
        {
            _ended.Add(request);
            Do(() =>
            {
                Process.Appends.NoteCommitted(request, first);
                TellActor(new ToActor.Repeated(_life, request, first));
            });
            return first;
        }

        if (ifSerial is { } last && last != _last)
        {
            throw new InvalidOperationException(
                $"The Append names the last serial {last}, and it is {_last}. End it by Cancel with FailureReason.Outdated.");
        }

        _ended.Add(request);
        if (requestKey is { } newKey)
        {
            _keys.Add(newKey, _last.Plus(pairs.Count));
        }

        return Commit(pairs, time, request, requestKey);
    }

    private Serial Commit(EncodedPairs pairs, DateTimeOffset? time, RequestRef? request, RequestKeyHash? requestKey = null)
    {
        _last = _last.Plus(pairs.Count);
        var entry = ToEntry(_last, pairs.Key, pairs.Value, time);
        if (request is { Id: var id })
        {
            entry = entry with
            {
                Payload = requestKey is { } hash
                    ? new Payload.KeyedPair(hash, id, pairs.Key, pairs.Value) { Count = pairs.Count }
                    : new Payload.Pair(id, pairs.Key, pairs.Value) { Count = pairs.Count },
            };
        }

        Do(() =>
        {
            if (request is { } own)
            {
                Process.Appends.NoteCommitted(own, entry.Serial);
            }

            Commit([entry]);
            TellActor(new ToActor.Committed(_life, entry.Serial));
        });
        return _last;
    }

    private RequestId NextQuestion() => new(new Member(Peers[0], Incarnation.None), ++_questions);

    private LogEntry ToEntry(Serial serial, string key, ReadOnlyMemory<byte> value, DateTimeOffset? given)
    {
        var time = ScriptedTime.Of(given, _time);
        _time = time;
        return new(new LogIndex(serial.Value), Term.Zero, serial, null, key, value) { Time = LogTime.Of(time) };
    }

    // Runs a step in the engine.
    private void Do(Action step) => _engine.Tell(step);
}
