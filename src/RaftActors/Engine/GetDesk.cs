using RaftActors.Core;
using RaftActors.Wire;

namespace RaftActors.Engine;

/// <summary>
/// The Gets of the actor's present life that have not ended. One server is asked at a time; who refuses, cannot be reached, or is silent
/// for a quarter of the time makes way for the next. When all have refused, or time is up, the pair is unavailable.
/// </summary>
internal sealed class GetDesk(EngineContext context)
{
    private readonly SortedDictionary<long, Pending> _pending = [];

    public int Count => _pending.Count;

    public void Submit(ToEngine.Get get)
    {
        var pending = new Pending(get, context.DeadlineAfter(get.Timeout));
        _pending.Add(get.Request.Number, pending);
        AskNext(pending);
    }

    public void OnAnswer(WireMessage.GetAnswer answer)
    {
        if (_pending.TryGetValue(answer.Request.Number, out var pending) && pending.Get.Serial == answer.Serial)
        {
            _pending.Remove(answer.Request.Number);
            var pair = new StoredPair(answer.Serial, answer.Key, answer.Value, null);
            context.TellActor(new ToActor.Answered(context.Life, pending.Get.Request, pair));
        }
    }

    public void OnRefused(WireMessage.GetRefused refused)
    {
        if (_pending.TryGetValue(refused.Request.Number, out var pending) && pending.Asked is { } asked)
        {
            pending.Refused.Add(asked);
            AskNext(pending);
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
        foreach (var pending in _pending.Values.Where(pending => pending.Asked is null).ToArray())
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
                Cancel(pending);
            }
            else if (pending.Patience <= context.Now)
            {
                AskNext(pending);
            }
        }
    }

    /// <summary>The life that asked is over.</summary>
    public void Forget() => _pending.Clear();

    private void AskNext(Pending pending)
    {
        pending.Asked = null;
        pending.Patience = context.DeadlineAfter(pending.Get.Timeout / 4);
        if (context.Quorum is not { } quorum)
        {
            return;
        }

        var servers = GetServers.InOrder(quorum, context.Leader, context.Process.Pid.Name, pending.Get.Serial).ToArray();
        if (servers.All(pending.Refused.Contains))
        {
            Cancel(pending);
            return;
        }

        var inReach = servers
            .Where(server => !pending.Refused.Contains(server) && context.Peers.FindReachable(server) is not null)
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
        context.Peers.Find(next)?.Tell(request, context.Self);
    }

    private void Cancel(Pending pending)
    {
        _pending.Remove(pending.Get.Request.Number);
        context.TellActor(new ToActor.Cancelled(context.Life, pending.Get.Request, new CancelReason.Unavailable()));
    }

    private sealed class Pending(ToEngine.Get get, long deadline)
    {
        public ToEngine.Get Get { get; } = get;

        public long Deadline { get; } = deadline;

        // Who is being asked; null while nobody can be.
        public ProcessName? Asked { get; set; }

        // When to go on to the next one.
        public long Patience { get; set; }

        public HashSet<ProcessName> Tried { get; } = [];

        // They have committed all that this process had when it asked, and do not have the pair.
        public HashSet<ProcessName> Refused { get; } = [];
    }
}
