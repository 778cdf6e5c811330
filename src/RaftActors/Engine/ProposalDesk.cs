using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// Pairs that others, or this process itself, want appended: passed on if this process does not lead, else shown to its actor, then given
/// to Core. Whoever asked hears where it was written, or that it was written nowhere.
/// </summary>
internal sealed class ProposalDesk(EngineContext context, Action<Input> step)
{
    private readonly OrderedDictionary<RequestId, Open> _open = [];

    public void Submit(WireMessage.AppendRequest request, IActorRef origin)
    {
        if (context.Leader is { IsSelf: true } && context.HasActor)
        {
            _open.TryAdd(request.Request, new Open(request, origin));
            Show(request);
        }
        else if (request.Hops > 0 && context.Leader is { } leader && context.Peers.FindReachable(leader.Leader.Name) is { } engine)
        {
            engine.Tell(request with { Hops = request.Hops - 1 }, origin);
        }
        else
        {
            origin.Tell(new WireMessage.AppendRefused(request.Request), context.Self);
        }
    }

    public void OnJudged(ToEngine.Judged judged)
    {
        if (!_open.TryGetValue(judged.Request, out var open))
        {
            return;
        }

        if (judged.Verdict.Reason is { } reason)
        {
            End(judged.Request, new WireMessage.AppendDiscarded(judged.Request, reason));
        }
        else
        {
            step(new Input.Propose([new Payload.Pair(judged.Request, open.Request.Key, open.Request.Value)]));
        }
    }

    public void OnAccepted(Effect.Accepted accepted) =>
        End(accepted.Request, new WireMessage.AppendTaken(accepted.Request, accepted.Index, accepted.Term));

    public void OnRejected(RequestId request) => End(request, new WireMessage.AppendRefused(request));

    /// <summary>A new life of the actor was not shown what the one before left undecided.</summary>
    public void ShowAll()
    {
        foreach (var open in _open.Values)
        {
            Show(open.Request);
        }
    }

    /// <summary>This process does not lead any more, or has no actor that could judge; nothing that is open was written.</summary>
    public void RefuseAll()
    {
        foreach (var request in _open.Keys.ToArray())
        {
            OnRejected(request);
        }
    }

    private void Show(WireMessage.AppendRequest request) =>
        context.TellActor(new ToActor.Judge(context.Life, request.Request, request.Key, request.Value));

    private void End(RequestId request, WireMessage answer)
    {
        if (_open.Remove(request, out var open))
        {
            open.Origin.Tell(answer, context.Self);
        }
    }

    private sealed record Open(WireMessage.AppendRequest Request, IActorRef Origin);
}
