using Akka.Actor;

using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The Gets of the actor's present life that have not ended. What this process had itself when that life began it gives, as soon as it
/// is committed; an actor that is started again costs the others nothing. For the rest one server is asked at a time; who refuses,
/// cannot be reached, or is silent for a quarter of the time makes way for the next. When all have refused, or time is up, the pair is
/// unavailable, or compacted if one of them said so.
/// </summary>
internal sealed class GetDesk(EngineContext context)
{
    private readonly SortedDictionary<long, Pending> _pending = [];

    public int Count => _pending.Count;

    public void Submit(ToEngine.Get get)
    {
        var pending = new Pending(get, context.DeadlineAfter(get.Timeout));
        _pending.Add(get.Request.Number, pending);
        if (get.Serial > context.Process.Pairs.Base && get.Serial <= context.Own)
        {
            pending.IsOwn = true;
            pending.Patience = context.DeadlineAfter(get.Timeout / 4);
            GiveIfCommitted(pending);
        }
        else
        {
            AskNext(pending);
        }
    }

    /// <summary>The commit index moved.</summary>
    public void OnCommitted()
    {
        foreach (var pending in _pending.Values.Where(pending => pending.IsOwn).ToArray())
        {
            GiveIfCommitted(pending);
        }
    }

    public void OnAnswer(WireMessage.GetAnswer answer)
    {
        if (_pending.TryGetValue(answer.Request.Number, out var pending) && pending.Get.Serial == answer.Serial)
        {
            _pending.Remove(answer.Request.Number);
            var pair = new StoredPair(answer.Serial, answer.Key, answer.Value);
            context.TellActor(new ToActor.Answered(context.Life, pending.Get.Request, pair));
        }
    }

    public void OnRefused(WireMessage.GetRefused refused, IActorRef server)
    {
        if (_pending.TryGetValue(refused.Request.Number, out var pending))
        {
            OnRefusedBy(server, pending);
        }
    }

    /// <summary>A server had it, and a snapshot stands for it now. Another one may still have it.</summary>
    public void OnCompacted(WireMessage.GetCompacted compacted, IActorRef server)
    {
        if (_pending.TryGetValue(compacted.Request.Number, out var pending))
        {
            pending.Otherwise = new CancelReason.Compacted();
            OnRefusedBy(server, pending);
        }
    }

    /// <summary>A snapshot that stands for everything up to this serial goes to the actor.</summary>
    public void OnRestore(Serial serial)
    {
        foreach (var pending in _pending.Values.Where(pending => pending.Get.Serial <= serial).ToArray())
        {
            Cancel(pending, new CancelReason.Compacted());
        }
    }

    public void OnUnreachable(ProcessName server)
    {
        foreach (var pending in _pending.Values.Where(pending => pending.Asked == server).ToArray())
        {
            AskNext(pending);
        }
    }

    /// <summary>A server came in sight.</summary>
    public void AskWaiting()
    {
        foreach (var pending in _pending.Values.Where(pending => pending is { Asked: null, IsOwn: false }).ToArray())
        {
            AskNext(pending);
        }
    }

    public void OnTick()
    {
        foreach (var pending in _pending.Values.ToArray())
        {
            if (pending.Deadline <= context.Now)
            {
                Cancel(pending, pending.Otherwise);
            }
            else if (pending.Patience <= context.Now)
            {
                AskNext(pending);
            }
        }
    }

    /// <summary>The life that asked is over.</summary>
    public void Forget() => _pending.Clear();

    private void GiveIfCommitted(Pending pending)
    {
        if (context.Process.Pairs.Read(pending.Get.Serial) is { } pair)
        {
            _pending.Remove(pending.Get.Request.Number);
            context.TellActor(new ToActor.Answered(context.Life, pending.Get.Request, pair));
        }
    }

    // The refusal of a server that made way for another may be late. It says nothing about the server that is asked now.
    private void OnRefusedBy(IActorRef engine, Pending pending)
    {
        if (pending.Asked is { } asked && engine.Equals(context.Peers.Find(asked)))
        {
            pending.Refused.Add(asked);
            AskNext(pending);
            return;
        }

        foreach (var member in context.Quorum?.Members ?? [])
        {
            if (engine.Equals(context.Peers.Find(member.Name)))
            {
                pending.Refused.Add(member.Name);
            }
        }
    }

    private void AskNext(Pending pending)
    {
        (pending.Asked, pending.IsOwn) = (null, false);
        pending.Patience = context.DeadlineAfter(pending.Get.Timeout / 4);
        if (context.Quorum is not { } quorum)
        {
            return;
        }

        var servers = GetServers.InOrder(quorum, context.Leader, context.Process.Pid.Name, pending.Get.Serial).ToArray();
        if (servers.All(pending.Refused.Contains))
        {
            Cancel(pending, pending.Otherwise);
            return;
        }

        var inReach = servers
            .Where(server => !pending.Refused.Contains(server) && context.Peers.FindServing(server) is not null)
            .ToArray();
        if (inReach.Length == 0)
        {
            return;
        }

        // After the last one it is the first one's turn again: it may have been lost on the way.
        var next = inReach.FirstOrDefault(server => !pending.Tried.Contains(server));
        if (next == default)
        {
            pending.Tried.Clear();
            next = inReach[0];
        }

        pending.Tried.Add(next);
        pending.Asked = next;
        var request = new WireMessage.GetRequest(context.Process.ToId(pending.Get.Request), pending.Get.Serial, context.Commit);
        if (context.Peers.Find(next) is { } server)
        {
            context.Send(server, request);
        }
    }

    private void Cancel(Pending pending, CancelReason reason)
    {
        _pending.Remove(pending.Get.Request.Number);
        context.TellActor(new ToActor.Cancelled(context.Life, pending.Get.Request, reason));
    }

    private sealed class Pending(ToEngine.Get get, long deadline)
    {
        public ToEngine.Get Get { get; } = get;

        public long Deadline { get; } = deadline;

        // Nobody is asked, since this process's own log has it, or had it: it waits for the commit.
        public bool IsOwn { get; set; }

        // Who is being asked; null while nobody can be.
        public ProcessName? Asked { get; set; }

        // When to go on to the next one.
        public long Patience { get; set; }

        public HashSet<ProcessName> Tried { get; } = [];

        // How it ends if nobody answers it.
        public CancelReason Otherwise { get; set; } = new CancelReason.Unavailable();

        // They have committed all that this process had when it asked, and do not have the pair.
        public HashSet<ProcessName> Refused { get; } = [];
    }
}
