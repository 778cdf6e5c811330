using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open Gets of the actor's current life. A pair that this process's log had when the life began comes from that log once it is
/// committed, so a restarted actor costs the other processes nothing. Other pairs come from other processes, which are asked one after the
/// other, after each refusal, lost connection or quarter of the timeout. If all refuse, or at the timeout, the pair is unavailable, or
/// compacted if one of them said so.
/// </summary>
internal sealed class OwnGets(EngineContext context, PairReads pairs) : IEnginePart
{
    private readonly OpenRequests<Pending> _open = new();

    public int Count => _open.Count;

    public bool HasRequests => Count > 0;

    public void Submit(ToEngine.Get get)
    {
        Pending pending = new(get);
        _open.Add(get.Request.Number, pending, context.DeadlineAfter(get.Timeout));
        if (get.Serial > context.Process.Pairs.Base && get.Serial <= context.Own)
        {
            pending.IsOwn = true;
            pending.AttemptDeadline = context.DeadlineAfter(get.Timeout / 4);
            GiveIfCommitted(pending);
        }
        else
        {
            AskNext(pending);
        }
    }

    public void OnCommitMoved()
    {
        foreach (var pending in _open.InOrder.Where(pending => pending.IsOwn))
        {
            GiveIfCommitted(pending);
        }
    }

    public void Receive(GetReply reply, IActorRef server)
    {
        if (_open.Find(reply.Request.Number) is not { } pending)
        {
            return;
        }

        if (reply.Pair is { } pair)
        {
            if (pair.Serial == pending.Get.Serial)
            {
                _open.Remove(reply.Request.Number);
                context.TellActor(new ToActor.Answered(context.Life, pending.Get.Request, pair));
            }
        }
        else
        {
            // Another server may still have a pair that this one has compacted.
            pending.Otherwise = reply.IsCompacted ? RaftFailure.Compacted : pending.Otherwise;
            OnRefusedBy(server, pending);
        }
    }

    /// <summary>The actor will restore this snapshot, which covers all pairs up to its serial.</summary>
    public void OnInstalled(Snapshot snapshot)
    {
        foreach (var pending in _open.InOrder.Where(pending => pending.Get.Serial <= snapshot.Position.Serial))
        {
            Cancel(pending, RaftFailure.Compacted);
        }
    }

    public void OnUnreachable(ProcessName server)
    {
        foreach (var pending in _open.InOrder.Where(pending => pending.Asked == server))
        {
            AskNext(pending);
        }
    }

    public void OnServerInSight()
    {
        foreach (var pending in _open.InOrder.Where(pending => pending is { Asked: null, IsOwn: false }))
        {
            AskNext(pending);
        }
    }

    public void OnTick()
    {
        while (_open.TryTakeDue(context.Now, out var late))
        {
            Cancel(late, late.Otherwise);
        }

        foreach (var pending in _open.InOrder.Where(pending => pending.AttemptDeadline <= context.Now))
        {
            AskNext(pending);
        }
    }

    public void OnLifeEnded() => _open.TakeAll();

    /// <summary>
    /// The quorum members except this process, in the order in which a Get asks them. First come those that had the pair at the founding,
    /// the one with the fewest pairs first, because only the others can serve later pairs. Then comes the leader, which has all pairs, and
    /// then the others. Ties are ordered by name.
    /// </summary>
    public static IEnumerable<ProcessName> ServersInOrder(QuorumView quorum, LeaderView? leader, ProcessName self, Serial serial)
    {
        var founding = quorum.Configuration.FoundingSerials.ToDictionary(each => each.Name, each => each.Serial);
        return quorum.Members
            .Select(member => member.Name)
            .Where(name => name != self)
            .Select(name => (Name: name, Founding: founding.GetValueOrDefault(name)))
            .OrderBy(each => each.Founding >= serial ? 0 : each.Name == leader?.Leader.Name ? 1 : 2)
            .ThenBy(each => each.Founding >= serial ? each.Founding : Serial.Zero)
            .ThenBy(each => each.Name)
            .Select(each => each.Name);
    }

    private void GiveIfCommitted(Pending pending)
    {
        if (pending.IsRead || pending.Get.Serial > context.Process.Pairs.CommittedSerial)
        {
            return;
        }

        // Without room for the read, the Get waits for the next commit, or for its attempt to end.
        pending.IsRead = true;
        if (!pairs.TryReadAfter(new Serial(pending.Get.Serial.Value - 1), 1, found => Give(pending, found)))
        {
            pending.IsRead = false;
        }
    }

    private void Give(Pending pending, ReadOnlyMemory<StoredPair> found)
    {
        pending.IsRead = false;
        var number = pending.Get.Request.Number;
        if (found.Length > 0 && _open.Find(number) == pending)
        {
            _open.Remove(number);
            context.TellActor(new ToActor.Answered(context.Life, pending.Get.Request, found.Span[0]));
        }
    }

    // A late refusal may come from a server that was asked before, and not from the one that is asked now.
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
        pending.AttemptDeadline = context.DeadlineAfter(pending.Get.Timeout / 4);
        if (context.Quorum is not { } quorum)
        {
            return;
        }

        var servers = ServersInOrder(quorum, context.Leader, context.Process.Name, pending.Get.Serial).ToArray();
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

        // After the last server the first one is asked again, because the request may have been lost.
        var next = inReach.FirstOrDefault(server => !pending.Tried.Contains(server));
        if (next == default)
        {
            pending.Tried.Clear();
            next = inReach[0];
        }

        pending.Tried.Add(next);
        pending.Asked = next;
        var request = new WireMessage.GetRequest(pending.Get.Request.Id, pending.Get.Serial, context.Commit);
        if (context.Peers.Find(next) is { } server)
        {
            context.Send(server, request);
        }
    }

    private void Cancel(Pending pending, RaftFailure failure)
    {
        _open.Remove(pending.Get.Request.Number);
        context.TellActor(new ToActor.Cancelled(context.Life, pending.Get.Request, failure));
    }

    private sealed class Pending(ToEngine.Get get)
    {
        public ToEngine.Get Get { get; } = get;

        // True while the Get waits for the commit of a pair in this process's own log, so no server is asked.
        public bool IsOwn { get; set; }

        // True while the store reads the pair.
        public bool IsRead { get; set; }

        // The server that is asked. Null if none is reachable.
        public ProcessName? Asked { get; set; }

        // The tick at which the next server is asked.
        public long AttemptDeadline { get; set; }

        public HashSet<ProcessName> Tried { get; } = [];

        // The outcome if no server has the pair.
        public RaftFailure Otherwise { get; set; } = RaftFailure.NotDone(
            FailureReason.Unavailable, "No process in reach had the pair in time. Ask again.");

        // These servers lack the pair, although they had committed all that this process had when it asked.
        public HashSet<ProcessName> Refused { get; } = [];
    }
}
