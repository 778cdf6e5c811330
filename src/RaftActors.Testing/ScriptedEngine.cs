using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Engine;
using RaftActors.Wire;

namespace RaftActors.Testing;

/// <summary>What the actor under test takes for its engine. Steps that come before the actor wait for it.</summary>
internal sealed class ScriptedEngine<TValue>(ValueCodec<TValue> values, IActorRef? probe, LogSlice log) : UntypedActor
{
    private readonly List<Action<ScriptedEngine<TValue>>> _waiting = [];
    private readonly List<Peer> _met = [];
    private readonly Dictionary<RequestId, string> _proposed = [];
    private readonly Dictionary<RequestId, Serial> _asked = [];
    private readonly Dictionary<Serial, RequestRef> _appended = [];
    private readonly Dictionary<RequestRef, IActorRef?> _changes = [];
    private RaftProcess? _process;
    private IActorRef? _actor;
    private long _life;
    private Quorum? _quorum;
    private Leader? _leader;

    public void Meet(Peer peer)
    {
        _met.Add(peer);
        _actor?.Tell(new ToActor.PeerMet(_life, peer));
    }

    public void SetQuorum(Func<Pid, Quorum?> quorum)
    {
        _quorum = quorum(Process.Pid);
        _actor?.Tell(new ToActor.QuorumIs(_life, _quorum));
    }

    public void SetLeader(Func<Pid, Leader?> leader)
    {
        _leader = leader(Process.Pid);
        _actor?.Tell(new ToActor.LeaderIs(_life, _leader));
    }

    public void Commit(LogEntry entry, RequestRef? request)
    {
        Process.Store.Commit([entry]);
        if (request is { } own)
        {
            _appended[entry.Serial] = own;
        }

        TellCommitted(entry.Serial);
    }

    public void Answer(RequestRef request, Serial serial)
    {
        var pair = Process.Store.Read(serial) ?? throw new InvalidOperationException($"Nothing is committed under serial {serial}.");
        _actor?.Tell(new ToActor.Answered(_life, request, pair));
    }

    public void Confirm(RequestRef request) => _actor?.Tell(new ToActor.Readable(_life, request, Process.Store.CommittedSerial));

    public void End(ChangeOutcome outcome)
    {
        if (_changes.Remove(outcome.Request, out var replyTo))
        {
            replyTo?.Tell(outcome, Self);
        }
    }

    public void Cancel(RequestRef request, CancelReason reason) => _actor?.Tell(new ToActor.Cancelled(ToActor.AnyLife, request, reason));

    public void Propose(RequestId question, string key, ReadOnlyMemory<byte> value)
    {
        _proposed[question] = key;
        _actor?.Tell(new ToActor.Judge(_life, question, key, value));
    }

    public void Ask(RequestId question, Serial serial)
    {
        _asked[question] = serial;
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
            case ToEngine.Append append:
                probe?.Tell(new FromActor<TValue>.Append(append.Request, append.Key, values.Decode(append.Value)), _actor);
                break;
            case ToEngine.Get get:
                probe?.Tell(new FromActor<TValue>.Get(get.Request, get.Serial), _actor);
                break;
            case ToEngine.Query query:
                probe?.Tell(new FromActor<TValue>.Query(query.Request), _actor);
                break;
            case ToEngine.Change change:
                _changes[change.Request] = change.ReplyTo;
                probe?.Tell(ToFromActor(change), _actor);
                break;
            case ToEngine.Explain explain:
                explain.ReplyTo.Tell(new Explanation(explain.Request, $"{Process.Pid.Name} is in a scripted group"), Self);
                probe?.Tell(new FromActor<TValue>.Explain(explain.Request), _actor);
                break;
            case ToEngine.Judged judged when _proposed.Remove(judged.Request, out var key):
                probe?.Tell(new FromActor<TValue>.Judged(key, judged.Verdict), _actor);
                break;
            case ToEngine.Served served when _asked.Remove(served.Request, out var serial):
                probe?.Tell(new FromActor<TValue>.Served(serial, ToEntry(served.Pair)), _actor);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private RaftProcess Process => _process ?? throw new InvalidOperationException("No raft actor has started.");

    private static FromActor<TValue> ToFromActor(ToEngine.Change change) => change.What switch
    {
        GroupChange.Transfer transfer => new FromActor<TValue>.TransferLeadership(change.Request, transfer.Target),
        GroupChange.Join join => new FromActor<TValue>.Join(change.Request, join.Name),
        GroupChange.Leave leave => new FromActor<TValue>.Leave(change.Request, leave.Name),
        _ => throw new UnreachableException(),
    };

    // A restarted actor is told all there is, as its real engine would.
    private void OnAttach(ToEngine.Attach attach)
    {
        if (_process is null)
        {
            attach.Process.Store.Commit(log);
        }

        _process = attach.Process;
        _actor = Sender;
        _life = attach.Life;
        _actor?.Tell(new ToActor.Attached(_life, Self));
        _met.ForEach(peer => _actor?.Tell(new ToActor.PeerMet(_life, peer)));
        if (_quorum is not null)
        {
            _actor?.Tell(new ToActor.QuorumIs(_life, _quorum));
        }

        if (_leader is not null)
        {
            _actor?.Tell(new ToActor.LeaderIs(_life, _leader with { Serial = Process.Store.CommittedSerial }));
        }

        for (var serial = attach.LastSerial.Next; serial <= Process.Store.CommittedSerial; serial = serial.Next)
        {
            TellCommitted(serial);
        }

        _waiting.ForEach(step => step(this));
        _waiting.Clear();
    }

    private void TellCommitted(Serial serial)
    {
        RequestRef? request = _appended.TryGetValue(serial, out var own) ? own : null;
        if (Process.Store.Read(serial) is { } pair)
        {
            _actor?.Tell(new ToActor.Committed(_life, pair, request));
        }
    }

    private Entry<TValue>? ToEntry(StoredPair? pair) => pair is null ? null : new(pair.Serial, pair.Key, values.Decode(pair.Value));

    public sealed record Step(Action<ScriptedEngine<TValue>> Run);
}
