using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// The queries of the actor's present life that have not ended. Core finds the index that the answer must include. When this process has
/// committed that index, the actor answers. A query that no leader confirmed is asked again until its timeout. A query that names a serial
/// needs no leader: it waits until this process has committed that serial.
/// </summary>
internal sealed class QueryDesk(EngineContext context, Action<Input> step)
{
    /// <summary>
    /// The maximum number of queries in Core. One step answers all queries that one round confirms, and heartbeats wait for that step.
    /// </summary>
    public const int WindowReads = 4096;

    private readonly Dictionary<long, Pending> _pending = [];
    private readonly Deadlines<Pending> _deadlines = new();
    private readonly Dictionary<ReadId, Pending> _asked = [];

    // Queries whose index is not committed here yet.
    private readonly SortedSet<(LogIndex Index, long Number)> _confirmed = [];

    // Queries whose serial is not committed here yet.
    private readonly SortedSet<(Serial Serial, long Number)> _awaited = [];

    // Queries to give to Core, and queries that Core failed. The next tick or leader asks again for the latter.
    private readonly SortedSet<long> _unasked = [];
    private readonly SortedSet<long> _failed = [];
    private long _reads;

    public int Count => _pending.Count;

    // Only a leader can confirm a query.
    private bool HasRoom => context.Leader is not null && _asked.Count < WindowReads;

    public void Submit(ToEngine.Query query)
    {
        if (query.Consistency.NotBelow is { } reached && reached <= context.Process.Pairs.CommittedSerial)
        {
            Release(query.Request, reached);
            return;
        }

        var pending = new Pending(query.Request, query.Consistency);
        pending.Deadline = _deadlines.Add(pending, context.DeadlineAfter(query.Timeout));
        _pending.Add(pending.Number, pending);
        if (pending.Awaited is { } serial)
        {
            _awaited.Add((serial, pending.Number));
        }
        else if (_unasked.Count == 0 && HasRoom)
        {
            Ask(pending);
        }
        else
        {
            _unasked.Add(pending.Number);
        }
    }

    public void OnReady(Effect.ReadReady ready)
    {
        if (!_asked.Remove(ready.Id, out var pending))
        {
            return;
        }

        pending.Read = null;
        if (ready.Index <= context.Commit)
        {
            Answer(pending);
        }
        else
        {
            pending.Index = ready.Index;
            _confirmed.Add((ready.Index, pending.Number));
        }

        AskWaiting();
    }

    public void OnFailed(Effect.ReadFailed failed)
    {
        if (_asked.Remove(failed.Id, out var pending))
        {
            pending.Read = null;
            _failed.Add(pending.Number);
        }
    }

    /// <summary>The commit index moved.</summary>
    public void OnCommitted()
    {
        while (_confirmed.Count > 0 && _confirmed.Min is var (index, number) && index <= context.Commit)
        {
            Answer(_pending[number]);
        }

        while (_awaited.Count > 0 && _awaited.Min is var (serial, waiting) && serial <= context.Process.Pairs.CommittedSerial)
        {
            var pending = _pending[waiting];
            End(pending);
            Release(pending.Request, serial);
        }
    }

    public void OnTick()
    {
        while (_deadlines.TryTakeDue(context.Now, out var pending))
        {
            End(pending);
            context.TellActor(new ToActor.Cancelled(context.Life, pending.Request, new CancelReason.Unavailable()));
        }

        AskAgain();
    }

    /// <summary>A leader is known, or a tick has passed.</summary>
    public void AskAgain()
    {
        _unasked.UnionWith(_failed);
        _failed.Clear();
        AskWaiting();
    }

    /// <summary>The life that asked has ended.</summary>
    public void Forget()
    {
        _pending.Clear();
        _deadlines.Clear();
        _asked.Clear();
        _confirmed.Clear();
        _awaited.Clear();
        _unasked.Clear();
        _failed.Clear();
    }

    // If one fails at once, so would the others.
    private void AskWaiting()
    {
        while (_unasked.Count > 0 && _failed.Count == 0 && HasRoom)
        {
            var next = _unasked.Min;
            _unasked.Remove(next);
            Ask(_pending[next]);
        }
    }

    private void Ask(Pending pending)
    {
        var id = new ReadId(++_reads);
        pending.Read = id;
        _asked.Add(id, pending);
        step(new Input.Read(id, pending.MayUseLease));
    }

    private void Answer(Pending pending)
    {
        End(pending);
        Release(pending.Request, context.Process.Pairs.CommittedSerial);
    }

    // The actor answers when it has received all pairs up to the serial.
    private void Release(RequestRef request, Serial serial) => context.TellActor(new ToActor.Readable(context.Life, request, serial));

    private void End(Pending pending)
    {
        _pending.Remove(pending.Number);
        _unasked.Remove(pending.Number);
        _failed.Remove(pending.Number);
        _deadlines.Remove(pending.Deadline);
        if (pending.Read is { } read)
        {
            _asked.Remove(read);
        }

        if (pending.Index is { } index)
        {
            _confirmed.Remove((index, pending.Number));
        }

        if (pending.Awaited is { } serial)
        {
            _awaited.Remove((serial, pending.Number));
        }
    }

    private sealed class Pending(RequestRef request, ReadConsistency consistency)
    {
        public RequestRef Request { get; } = request;

        public long Number { get; } = request.Number;

        public LinkedListNode<Pending> Deadline { get; set; } = null!;

        // The number of the query in Core.
        public ReadId? Read { get; set; }

        // This process must have committed this serial; null: a leader must confirm the query.
        public Serial? Awaited { get; } = consistency.NotBelow;

        public bool MayUseLease { get; } = consistency.MayUseLease;

        // The pairs up to this index must be delivered before the answer; null: no leader has confirmed the query yet.
        public LogIndex? Index { get; set; }
    }
}
