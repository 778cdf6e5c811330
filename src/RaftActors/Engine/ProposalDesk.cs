using System.Collections.Immutable;
using System.Diagnostics;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Pairs that others, or this process itself, want appended: passed on if this process does not lead, else shown to its actor, then given
/// to Core. Whoever asked hears where it was written, or that it was written nowhere.
/// <para>
/// What the actor accepts is not proposed one by one: the desk asks for a turn of its own, behind what is in the engine's mailbox by then,
/// and proposes in it all that came so far. So the busier a leader is, the more pairs go into one write and one message.
/// </para>
/// </summary>
internal sealed class ProposalDesk(EngineContext context, Action<Input> step, Action askForTurn)
{
    private readonly OrderedDictionary<RequestId, Open> _open = [];
    private readonly List<RequestId> _accepted = [];
    private readonly List<(LogIndex Index, Open Open)> _repeated = [];
    private bool _hasTurnComing;

    public void Submit(WireMessage.AppendRequest request, IActorRef origin)
    {
        if (context.Leader is { IsSelf: true } && context.HasActor)
        {
            var open = new Open(request, origin);
            if (_open.TryAdd(request.Request, open))
            {
                Show(open);
            }
        }
        else if (LeaderWay.PassOn(context, request.Hops) is { } leader)
        {
            leader.Tell(request with { Hops = request.Hops - 1 }, origin);
        }
        else
        {
            origin.Tell(new WireMessage.AppendRefused(request.Request), context.Self);
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

        open.IsAccepted = true;
        _accepted.Add(judged.Request);
        if (!_hasTurnComing)
        {
            _hasTurnComing = true;
            askForTurn();
        }
    }

    /// <summary>The turn that was asked for.</summary>
    public void OnTurn()
    {
        _hasTurnComing = false;
        Propose();
    }

    /// <summary>Time went by: what Core did not take while the leadership was being handed over is proposed again.</summary>
    public void OnTick() => Propose();

    public void OnAccepted(Effect.Accepted accepted)
    {
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
        if (_open.Remove(repeated.Request, out var open))
        {
            _repeated.Add((repeated.Index, open));
            OnCommitted();
        }
    }

    public void OnRejected(Effect.Rejected rejected)
    {
        if (rejected.Reason == RejectionReason.Transferring)
        {
            // It is over soon, one way or the other. If this process leads on, they go first, in their order, before what is accepted from
            // now on; if not, they are sent back to where they came from, and from there to the new leader.
            _accepted.AddRange(rejected.Pairs.Select(RequestOf));
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
        foreach (var due in _repeated.Where(each => each.Index <= context.Commit).ToArray())
        {
            _repeated.Remove(due);
            var request = due.Open.Request.Request;
            due.Open.Origin.Tell(new WireMessage.AppendRepeated(request, due.Index), context.Self);
        }
    }

    /// <summary>A new life of the actor was not shown what the one before left undecided.</summary>
    public void ShowAll()
    {
        foreach (var open in _open.Values)
        {
            Show(open);
        }
    }

    /// <summary>
    /// This process does not lead any more: nothing that is open was written, and what was repeated may be overwritten yet.
    /// </summary>
    public void OnDeposed()
    {
        RefuseAll();
        foreach (var (_, open) in _repeated)
        {
            open.Origin.Tell(new WireMessage.AppendForgotten(open.Request.Request), context.Self);
        }

        _repeated.Clear();
    }

    /// <summary>Nobody can judge; nothing that is open was written.</summary>
    public void RefuseAll()
    {
        _accepted.Clear();
        foreach (var request in _open.Keys.ToArray())
        {
            End(request, new WireMessage.AppendRefused(request));
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

    private void Propose()
    {
        if (_accepted.Count == 0)
        {
            return;
        }

        ImmutableArray<Payload.Pair> pairs = [.. _accepted.Select(request => _open[request].ToPair())];
        _accepted.Clear();
        step(new Input.Propose(pairs));
    }

    private void Show(Open open)
    {
        if (!open.IsAccepted)
        {
            var request = open.Request;
            context.TellActor(new ToActor.Judge(context.Life, request.Request, request.Key, request.Value));
        }
    }

    private void End(RequestId request, WireMessage answer)
    {
        if (_open.Remove(request, out var open))
        {
            open.Origin.Tell(answer, context.Self);
        }
    }

    private sealed class Open(WireMessage.AppendRequest request, IActorRef origin)
    {
        public WireMessage.AppendRequest Request { get; } = request;

        public IActorRef Origin { get; } = origin;

        // The actor wants it; it is judged once.
        public bool IsAccepted { get; set; }

        public Payload.Pair ToPair() => new(Request.Request, Request.Key, Request.Value);
    }
}
