using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The Gets of other processes. A Get waits until this process has committed all that the asker had, so that the answer is not older than
/// the question. It also waits while the pair is in the log and uncommitted. The actor answers after it has received the pairs up to there.
/// A Get above <see cref="MaxGets"/> is dropped, and its asker asks another server after a quarter of the timeout.
/// </summary>
internal sealed class ServedGets(EngineContext context) : IEnginePart
{
    /// <summary>The most open Gets of all other processes, which is the default raft.get-window of 16 of them.</summary>
    public const int MaxGets = 4096;

    private readonly List<Held> _held = [];
    private readonly Dictionary<RequestId, Held> _asked = [];

    public void Submit(WireMessage.GetRequest request, IActorRef asker)
    {
        var held = new Held(request, asker, context.DeadlineAfter(context.Process.Settings.Requests.GetTimeout));
        if (_held.Count + _asked.Count >= MaxGets)
        {
            return;
        }

        if (IsDue(held))
        {
            Serve(held);
        }
        else
        {
            _held.Add(held);
        }
    }

    public void OnCommitMoved()
    {
        if (_held.Count == 0 || _held.Where(IsDue).ToArray() is not { Length: > 0 } due)
        {
            return;
        }

        _held.RemoveAll(IsDue);
        Array.ForEach(due, Serve);
    }

    public void OnServed(ToEngine.Served served)
    {
        if (!_asked.Remove(served.Request, out var held))
        {
            return;
        }

        var isCompacted = served.Pair is null && held.Request.Serial <= context.Process.Pairs.Base;
        context.Send(held.Asker, new GetReply(served.Request, served.Pair, isCompacted));
    }

    public bool NeedsTicks => _held.Count > 0;

    /// <summary>Drops Gets whose askers have given up.</summary>
    public void OnTick() => _held.RemoveAll(held => held.Deadline <= context.Now);

    /// <summary>Refuses the Gets that the life was asked for, because another server may answer sooner than the next life.</summary>
    public void OnLifeEnded()
    {
        foreach (var (request, held) in _asked)
        {
            context.Send(held.Asker, new GetReply(request, Pair: null));
        }

        _asked.Clear();
    }

    // A process may ask for the last serial of a new leader at once, before the leader has committed an entry of its term.
    private bool IsDue(Held held)
    {
        var isOnItsWay = held.Request.Serial > context.Process.Pairs.CommittedSerial
            && (held.Request.Serial <= context.Core.LastPosition.Serial || held.Request.Serial <= context.Leader?.Serial);
        return held.Request.AskerCommit <= context.Commit && !isOnItsWay;
    }

    private void Serve(Held held)
    {
        if (context.HasActor && held.Request.Serial <= context.Process.Pairs.CommittedSerial)
        {
            // An asker repeats a Get without an answer, so the mailbox of a slow actor would fill with repeats.
            var isRepeat = _asked.ContainsKey(held.Request.Request);
            _asked[held.Request.Request] = held;
            if (!isRepeat)
            {
                context.TellActor(new ToActor.Serve(context.Life, held.Request.Request, held.Request.Serial));
            }
        }
        else
        {
            context.Send(held.Asker, new GetReply(held.Request.Request, Pair: null));
        }
    }

    private sealed record Held(WireMessage.GetRequest Request, IActorRef Asker, long Deadline);
}
