using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;

namespace RaftActors.Testing;

/// <summary>
/// Stands in for the whole group of one raft actor, so that a test says what the group does: no cluster, no sockets, no clock. Make it
/// before the actor; then every callback comes because a line of the test caused it, in the order of those lines, and never twice. The
/// rules of delivery are the real ones. Roster and node need not be configured. Nothing here blocks: the actor gets it through its
/// mailbox.
/// </summary>
/// <remarks>One raft actor in one actor system. For one thread, the test's.</remarks>
public sealed class ScriptedGroup<TValue>
{
    private readonly ValueCodec<TValue> _values;
    private readonly IActorRef _engine;
    private readonly ActorSystem _system;
    private Serial _last;
    private long _term;
    private long _questions;

    /// <summary>The actor under test will find this group in place of a real one.</summary>
    /// <param name="system">The test's.</param>
    /// <param name="probe">Is told each <see cref="FromActor{TValue}"/>; unset, nobody is.</param>
    /// <param name="log">What the group has committed before the actor comes: serials 1, 2, 3 and so on.</param>
    public ScriptedGroup(ActorSystem system, IActorRef? probe = null, params (string Key, TValue Value)[] log)
        : this(system, new ValueCodec<TValue>(system), probe, log)
    {
    }

    /// <summary>The same for an actor with a codec.</summary>
    /// <param name="codec">The one in the actor's options.</param>
    public ScriptedGroup(ActorSystem system, RaftCodec<TValue> codec, IActorRef? probe = null, params (string Key, TValue Value)[] log)
        : this(system, new ValueCodec<TValue>(system, codec), probe, log)
    {
    }

    private ScriptedGroup(ActorSystem system, ValueCodec<TValue> values, IActorRef? probe, (string Key, TValue Value)[] log)
    {
        _system = system;
        _values = values;
        _last = new Serial(log.Length);
        LogSlice entries = [.. log.Select((pair, i) => ToEntry(new Serial(i + 1), pair.Key, pair.Value, null))];
        _engine = system.ActorOf(Props.Create(() => new ScriptedEngine<TValue>(_values, probe, entries)));
        RaftExtension.Of(system).ScriptedHost = _engine;
    }

    /// <summary>The two other processes of the group.</summary>
    public IReadOnlyList<Pid> Peers { get; } =
        [new(new ProcessName("raft2@node2@scripted"), Pid.FirstNumber), new(new ProcessName("raft3@node3@scripted"), Pid.FirstNumber)];

    /// <summary>The usual start: a quorum with the actor as a member, and a peer that leads.</summary>
    public void Found()
    {
        BuildQuorum();
        ElectPeer();
    }

    /// <summary>The actor meets a process: HandlePeer.</summary>
    public void Meet(Pid peer, Serial serial) => Tell(engine => engine.Meet(new Peer(peer, serial)));

    /// <summary>A quorum is built: HandleQuorum. A group of three with the actor as a member, or one of two without it.</summary>
    public void BuildQuorum(bool withActor = true) =>
        Tell(engine => engine.SetQuorum(self => new Quorum(withActor ? [self, .. Peers] : [.. Peers], withActor)));

    /// <summary>The quorum falls silent: HandleQuorum with null.</summary>
    public void LoseQuorum() => Tell(engine => engine.SetQuorum(_ => null));

    /// <summary>
    /// The first peer is elected, with all that is committed; a new term each time. HandleLeader, and HandleMissing if the actor is
    /// behind.
    /// </summary>
    public void ElectPeer() => Elect(_ => Peers[0]);

    /// <summary>The actor under test is elected.</summary>
    public void ElectActor() => Elect(self => self);

    /// <summary>The leader falls silent: HandleLeader with null.</summary>
    public void LoseLeader() => Tell(engine => engine.SetLeader(_ => null));

    /// <summary>Another process's pair is committed: HandleAppend.</summary>
    /// <returns>Its serial.</returns>
    public Serial Commit(string key, TValue value) => Commit(key, value, null);

    /// <summary>The pair that the actor wanted appended is committed: HandleAppend with its ref.</summary>
    /// <returns>Its serial.</returns>
    public Serial Commit(FromActor<TValue>.Append append) => Commit(append.Key, append.Value, append.Request);

    /// <summary>A Get of the actor is answered with the pair that the group has under its serial: HandleSerial.</summary>
    /// <exception cref="InvalidOperationException">
    /// Thrown in the group's actor, and logged: nothing is committed under that serial.
    /// </exception>
    public void Answer(FromActor<TValue>.Get get) => Tell(engine => engine.Answer(get.Request, get.Serial));

    /// <summary>A leader confirms that a Query of the actor may be answered with all that is committed by now: HandleQuery.</summary>
    public void Confirm(FromActor<TValue>.Query query) => Tell(engine => engine.Confirm(query.Request));

    /// <summary>A TransferLeadership, a Join or a Leave of the actor ends: its <c>replyTo</c> is told so.</summary>
    public void End(ChangeOutcome outcome) => Tell(engine => engine.End(outcome));

    /// <summary>An Append, a Get or a Query of the actor ends without success: HandleCancel.</summary>
    public void Cancel(RequestRef request, CancelReason reason) => Tell(engine => engine.Cancel(request, reason));

    /// <summary>Another process wants a pair appended, and the actor leads: HandleProposal. The probe is told the verdict.</summary>
    public void Propose(string key, TValue value)
    {
        var question = NextQuestion();
        var bytes = _values.Encode(value);
        Tell(engine => engine.Propose(question, key, bytes));
    }

    /// <summary>Another process asks for a pair: HandleGet. The probe is told the answer.</summary>
    public void Ask(Serial serial)
    {
        var question = NextQuestion();
        Tell(engine => engine.Ask(question, serial));
    }

    /// <summary>
    /// It is time for a snapshot: TakeSnapshot, as soon as the actor has been handed all that is committed and it may be handed. The probe
    /// is told the state.
    /// </summary>
    public void TakeSnapshot() => Tell(engine => engine.TakeSnapshot());

    /// <summary>
    /// The actor was away for too long, and is sent a snapshot that stands for all pairs up to a serial: RestoreSnapshot. Commits go on
    /// after it.
    /// </summary>
    /// <param name="codec">The <c>StateCodec</c> of the actor.</param>
    /// <exception cref="ArgumentOutOfRangeException">More is committed already.</exception>
    public void SendSnapshot<TState>(Serial serial, TState state, RaftCodec<TState>? codec = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(serial.Value, _last.Value);
        _last = serial;
        var bytes = new ValueCodec<TState>(_system, codec).Encode(state);
        Tell(engine => engine.SendSnapshot(serial, bytes));
    }

    private void Elect(Func<Pid, Pid> choose)
    {
        var term = new Term(++_term);
        var serial = _last;
        Tell(engine => engine.SetLeader(self => new Leader(choose(self), term, serial, choose(self) == self, IsReady: true)));
    }

    private Serial Commit(string key, TValue value, RequestRef? request)
    {
        _last = _last.Next;
        var serial = _last;
        var entry = ToEntry(serial, key, value, null);
        Tell(engine => engine.Commit(entry, request));
        return serial;
    }

    private RequestId NextQuestion() => new(new Member(Peers[0].Name, Incarnation.None), ++_questions);

    private LogEntry ToEntry(Serial serial, string key, TValue value, RequestId? request) =>
        new(new LogIndex(serial.Value), Term.Zero, serial, new Payload.Pair(request, key, _values.Encode(value)));

    private void Tell(Action<ScriptedEngine<TValue>> step) => _engine.Tell(new ScriptedEngine<TValue>.Step(step));
}
