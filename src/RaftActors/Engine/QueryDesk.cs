using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The queries of the actor's present life that have not ended: each asks Core up to where the log must be applied, waits until that much
/// is committed here, and then lets the actor answer. One that no leader confirmed is asked again until its time is up.
/// </summary>
internal sealed class QueryDesk(EngineContext context, Action<Input> step)
{
    private readonly SortedDictionary<long, Pending> _pending = [];
    private readonly Dictionary<ReadId, Pending> _asked = [];
    private long _reads;

    public int Count => _pending.Count;

    public void Submit(ToEngine.Query query)
    {
        var pending = new Pending(query.Request, context.DeadlineAfter(query.Timeout));
        _pending.Add(query.Request.Number, pending);
        Ask(pending);
    }

    public void OnReady(Effect.ReadReady ready)
    {
        if (_asked.Remove(ready.Id, out var pending))
        {
            pending.Index = ready.Index;
            OnCommitted();
        }
    }

    public void OnFailed(Effect.ReadFailed failed)
    {
        if (_asked.Remove(failed.Id, out var pending))
        {
            pending.IsAsked = false;
        }
    }

    /// <summary>The commit index moved.</summary>
    public void OnCommitted()
    {
        foreach (var pending in _pending.Values.Where(pending => pending.Index <= context.Commit).ToArray())
        {
            _pending.Remove(pending.Request.Number);
            context.TellActor(new ToActor.Readable(context.Life, pending.Request, context.Process.Pairs.CommittedSerial));
        }
    }

    public void OnTick()
    {
        foreach (var pending in _pending.Values.ToArray())
        {
            if (pending.Deadline <= context.Now)
            {
                _pending.Remove(pending.Request.Number);
                context.TellActor(new ToActor.Cancelled(context.Life, pending.Request, new CancelReason.Unavailable()));
            }
        }

        AskAgain();
    }

    /// <summary>A leader is known, or time went by.</summary>
    public void AskAgain()
    {
        foreach (var pending in _pending.Values.Where(pending => !pending.IsAsked).ToArray())
        {
            Ask(pending);
        }
    }

    /// <summary>The life that asked is over.</summary>
    public void Forget()
    {
        _pending.Clear();
        _asked.Clear();
    }

    private void Ask(Pending pending)
    {
        // Without a leader nobody could confirm it.
        if (context.Leader is null)
        {
            return;
        }

        var id = new ReadId(++_reads);
        pending.IsAsked = true;
        _asked.Add(id, pending);
        step(new Input.Read(id));
    }

    private sealed class Pending(RequestRef request, long deadline)
    {
        public RequestRef Request { get; } = request;

        public long Deadline { get; } = deadline;

        // Core is at it, or has answered.
        public bool IsAsked { get; set; }

        // Up to here the actor must have been handed everything; null as long as nobody said.
        public LogIndex? Index { get; set; }
    }
}
