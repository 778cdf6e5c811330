using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The Gets of other processes. Each is held until this process has committed what the asker had, so that an answer is never older than
/// the question, and as long as the pair is in the log and not committed yet; then the actor is asked, after it was handed everything
/// up to there.
/// </summary>
internal sealed class ServeDesk(EngineContext context)
{
    private readonly List<Held> _held = [];
    private readonly Dictionary<RequestId, Held> _asked = [];

    public void Submit(WireMessage.GetRequest request, IActorRef asker)
    {
        var held = new Held(request, asker, context.DeadlineAfter(context.Process.Settings.GetTimeout));
        if (IsDue(held))
        {
            Serve(held);
        }
        else
        {
            _held.Add(held);
        }
    }

    /// <summary>The commit index moved.</summary>
    public void ServeHeld()
    {
        foreach (var held in _held.Where(IsDue).ToArray())
        {
            _held.Remove(held);
            Serve(held);
        }
    }

    public void OnServed(ToEngine.Served served)
    {
        if (!_asked.Remove(served.Request, out var held))
        {
            return;
        }

        WireMessage answer = served.Pair is { } pair ? new WireMessage.GetAnswer(served.Request, pair.Serial, pair.Key, pair.Value)
            : held.Request.Serial <= context.Process.Pairs.Base ? new WireMessage.GetCompacted(served.Request)
            : new WireMessage.GetRefused(served.Request);
        context.Send(held.Asker, answer);
    }

    /// <summary>The asker has given up by now.</summary>
    public void OnTick() => _held.RemoveAll(held => held.Deadline <= context.Now);

    /// <summary>The life that was asked is over: another server may answer sooner than the next one.</summary>
    public void RefuseAll()
    {
        foreach (var (request, held) in _asked)
        {
            context.Send(held.Asker, new WireMessage.GetRefused(request));
        }

        _asked.Clear();
    }

    // A new leader's whole log is announced before any of it is committed in its term: who hears of a serial may ask for it at once.
    private bool IsDue(Held held)
    {
        var isOnItsWay = held.Request.Serial > context.Process.Pairs.CommittedSerial
            && (held.Request.Serial <= context.LogSerial || held.Request.Serial <= context.Leader?.Serial);
        return held.Request.AskerCommit <= context.Commit && !isOnItsWay;
    }

    private void Serve(Held held)
    {
        if (context.HasActor && held.Request.Serial <= context.Process.Pairs.CommittedSerial)
        {
            _asked[held.Request.Request] = held;
            context.TellActor(new ToActor.Serve(context.Life, held.Request.Request, held.Request.Serial));
        }
        else
        {
            context.Send(held.Asker, new WireMessage.GetRefused(held.Request.Request));
        }
    }

    private sealed record Held(WireMessage.GetRequest Request, IActorRef Asker, long Deadline);
}
