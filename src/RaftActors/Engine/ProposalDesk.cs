using System.Collections.Immutable;
using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Pairs that others, or this process itself, want appended: passed on if this process does not lead, else shown to its actor if that
/// judges proposals, then given to Core. The origin hears where its pair was written, or that it was written nowhere.
/// <para>
/// Accepted pairs are not proposed one by one: the desk asks for a turn of its own, behind what is in the engine's mailbox by then, and
/// proposes in it all that came so far, or when an earlier proposal is committed if too many wait for that. So the busier a leader is, the
/// more pairs go into one write and one message.
/// </para>
/// </summary>
/// <param name="find">Where the log has a request already; null: nowhere, as far as is known.</param>
internal sealed class ProposalDesk(EngineContext context, Action<Input> step, Func<RequestId, LogIndex?> find, Action askForTurn)
{
    /// <summary>
    /// How many proposals may wait for their commit. Pairs that are accepted meanwhile gather, and share one write and one message to each
    /// process: where messages are dear, that is most of what an Append costs. Four keep the wait below a fourth of a commit.
    /// </summary>
    public const int MaxUncommitted = 4;

    private readonly Dictionary<RequestId, Open> _open = [];
    private readonly List<Open> _accepted = [];
    private readonly PriorityQueue<Open, LogIndex> _repeated = new();

    // Where the proposals end that the log took and that are not committed.
    private readonly Queue<LogIndex> _uncommitted = [];
    private long _arrivals;
    private long _bytes;
    private bool _hasTurnComing;

    // Core refused the latest proposal for a transfer. All that waits is proposed again with the next tick: at each turn would cost the
    // square of what comes meanwhile.
    private bool _isHandingOver;

    private bool HasRoom => _uncommitted.Count < MaxUncommitted && !_isHandingOver;

    private IEnumerable<Open> InOrderOfArrival => _open.Values.OrderBy(open => open.Arrival);

    public void Submit(WireMessage.AppendRequest request, IActorRef origin)
    {
        if (context.Leader is { IsSelf: true } && context.HasActor)
        {
            TakeIn(new Open(request, origin, ++_arrivals));
        }
        else if (LeaderWay.PassOn(context, request.Hops) is { } leader)
        {
            context.Outbox.PassOn(leader, request with { Hops = request.Hops - 1 }, origin);
        }
        else
        {
            context.Send(origin, new WireMessage.AppendRefused(request.Request));
        }
    }

    public void OnJudged(ToEngine.Judged judged)
    {
        if (!_open.TryGetValue(judged.Request, out var open) || open.IsAccepted)
        {
            return;
        }

        if (judged.Verdict.Reason is { } reason)
        {
            End(judged.Request, new WireMessage.AppendDiscarded(judged.Request, reason));
            return;
        }

        Accept(open);
    }

    /// <summary>The turn that was asked for.</summary>
    public void OnTurn()
    {
        _hasTurnComing = false;
        Propose();
    }

    /// <summary>Time went by: what Core did not take while the leadership was being handed over is proposed again.</summary>
    public void OnTick()
    {
        _isHandingOver = false;
        Propose();
    }

    public void OnAccepted(Effect.Accepted accepted)
    {
        _uncommitted.Enqueue(accepted.Entries[^1].Index);
        foreach (var entry in accepted.Entries)
        {
            if (entry.Payload is Payload.Pair { Request: { } request })
            {
                End(request, new WireMessage.AppendTaken(request, entry.Index, entry.Term));
            }
        }
    }

    /// <summary>It was in the log before: the answer is due when it is committed, as it may be already.</summary>
    public void OnRepeated(Effect.Repeated repeated)
    {
        if (Remove(repeated.Request) is { } open)
        {
            Repeat(open, repeated.Index);
        }
    }

    public void OnRejected(Effect.Rejected rejected)
    {
        if (rejected.Reason == RejectionReason.Transferring)
        {
            // It is over soon, one way or the other. If this process leads on, they go first, in their order, before what is accepted from
            // now on; if not, they are sent back to where they came from, and from there to the new leader.
            _accepted.AddRange(rejected.Pairs.Select(pair => _open[RequestOf(pair)]));
            _isHandingOver = true;
            return;
        }

        foreach (var pair in rejected.Pairs)
        {
            var request = RequestOf(pair);
            End(request, ToAnswer(request, rejected.Reason));
        }
    }

    /// <summary>The commit index moved.</summary>
    public void OnCommitted()
    {
        var hadRoom = HasRoom;
        while (_uncommitted.TryPeek(out var last) && last <= context.Commit)
        {
            _uncommitted.Dequeue();
        }

        if (!hadRoom && HasRoom)
        {
            Propose();
        }

        while (_repeated.TryPeek(out var due, out var index) && index <= context.Commit)
        {
            _repeated.Dequeue();
            context.Send(due.Origin, new WireMessage.AppendRepeated(due.Request.Request, index));
        }
    }

    /// <summary>A new life of the actor was not shown what the one before left undecided.</summary>
    public void ShowAll()
    {
        foreach (var open in InOrderOfArrival.Where(open => !open.IsAccepted).ToArray())
        {
            Show(open);
        }
    }

    /// <summary>
    /// This process does not lead any more: nothing that is open was written, and what was repeated may be overwritten yet.
    /// </summary>
    public void OnDeposed()
    {
        _uncommitted.Clear();
        RefuseAll();
        foreach (var (open, _) in _repeated.UnorderedItems)
        {
            context.Send(open.Origin, new WireMessage.AppendForgotten(open.Request.Request));
        }

        _repeated.Clear();
    }

    /// <summary>No actor can judge; nothing that is open was written.</summary>
    public void RefuseAll()
    {
        _accepted.Clear();
        foreach (var open in InOrderOfArrival.ToArray())
        {
            End(open.Request.Request, new WireMessage.AppendRefused(open.Request.Request));
        }
    }

    private static RequestId RequestOf(Payload.Pair pair) =>
        pair.Request ?? throw new UnreachableException("Every pair that is proposed here bears its request.");

    private static WireMessage ToAnswer(RequestId request, RejectionReason reason) => reason switch
    {
        RejectionReason.NotLeader => new WireMessage.AppendRefused(request),
        RejectionReason.Busy => new WireMessage.AppendDiscarded(
            request, "The leader has too much to commit already (raft.uncommitted-size-max); append it again later."),
        RejectionReason.DiskFull => new WireMessage.AppendDiscarded(
            request, "The leader's disk is nearly full (raft.store.free-space-floor); make room on it, or let another one lead."),
        RejectionReason.Expired => new WireMessage.AppendForgotten(request),
        _ => throw new UnreachableException(),
    };

    // What the actor has not judged yet is held in memory, so it is bounded; but something can always be proposed.
    private void TakeIn(Open open)
    {
        var request = open.Request.Request;
        if (_open.ContainsKey(request))
        {
            return;
        }

        if (_open.Count > 0 && _bytes + open.Size > context.Process.Settings.UncommittedSizeMaxBytes)
        {
            var reason = "The leader has too many proposals to judge already (raft.uncommitted-size-max); append it again later.";
            context.Send(open.Origin, new WireMessage.AppendDiscarded(request, reason));
        }
        else if (!context.JudgesProposals)
        {
            Add(open);
            Accept(open);
        }
        else if (find(request) is { } index)
        {
            Repeat(open, index);
        }
        else
        {
            Add(open);
            Show(open);
        }
    }

    private void Accept(Open open)
    {
        open.IsAccepted = true;
        _accepted.Add(open);
        if (!_hasTurnComing)
        {
            _hasTurnComing = true;
            askForTurn();
        }
    }

    private void Propose()
    {
        if (_accepted.Count == 0 || !HasRoom)
        {
            return;
        }

        ImmutableArray<Payload.Pair> pairs = [.. _accepted.Select(open => open.ToPair())];
        _accepted.Clear();
        step(new Input.Propose(pairs));
    }

    // A life that judges nothing may follow one that left something unjudged.
    private void Show(Open open)
    {
        if (context.JudgesProposals)
        {
            context.TellActor(new ToActor.Judge(context.Life, open.Request.Request, open.Request.Key, open.Request.Value));
        }
        else
        {
            Accept(open);
        }
    }

    private void Repeat(Open open, LogIndex index)
    {
        _repeated.Enqueue(open, index);
        OnCommitted();
    }

    private void End(RequestId request, WireMessage answer)
    {
        if (Remove(request) is { } open)
        {
            context.Send(open.Origin, answer);
        }
    }

    private void Add(Open open)
    {
        _open.Add(open.Request.Request, open);
        _bytes += open.Size;
    }

    private Open? Remove(RequestId request)
    {
        if (_open.Remove(request, out var open))
        {
            _bytes -= open.Size;
        }

        return open;
    }

    private sealed class Open(WireMessage.AppendRequest request, IActorRef origin, long arrival)
    {
        // What the desk and the actor's mailbox hold for it beside its bytes, roughly.
        private const int OverheadBytes = 64;

        public WireMessage.AppendRequest Request { get; } = request;

        public IActorRef Origin { get; } = origin;

        public long Arrival { get; } = arrival;

        // The actor wants it; it is judged once.
        public bool IsAccepted { get; set; }

        public int Size => OverheadBytes + (3 * Request.Key.Length) + Request.Value.Length;

        public Payload.Pair ToPair() => new(Request.Request, Request.Key, Request.Value);
    }
}
