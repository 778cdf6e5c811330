using Akka.Actor;

using RaftActors.Core;
using RaftActors.Delivery;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The open queries of the actor's current life and of clients. One read in Core finds the index that the answers to all queries of a turn
/// must include, and the actor answers once this process has committed that index. Queries that no leader confirmed are asked again until
/// their timeout. A query that names a serial does not need a leader, but waits until this process has committed that serial. One
/// that names an age uses the latest read that was confirmed within it.
/// </summary>
internal sealed class PendingQueries(EngineContext context) : IEnginePart
{
    /// <summary>The most queries in Core. Heartbeats wait for the step that answers all queries of one round.</summary>
    public const int WindowReads = 4096;

    private readonly OpenRequests<Pending> _open = new();

    // Queries that wait for a read in Core. Some may have ended.
    private readonly List<Pending> _unasked = [];
    private readonly List<Pending> _unaskedForLease = [];

    // Queries in Core, by their read, and when it was asked. Some may have ended.
    private readonly Dictionary<ReadId, (List<Pending> Queries, long At)> _asked = [];

    // Queries whose index is not committed here yet. Some may have ended.
    private readonly PriorityQueue<List<Pending>, (LogIndex Index, long Read)> _confirmed = new();

    // Queries whose read failed in Core. The next tick or leader asks again.
    private readonly List<Pending> _failed = [];

    // Queries whose serial is not committed here yet.
    private readonly SortedDictionary<(Serial Serial, long Number), Pending> _awaited = [];

    // The latest read that a majority has confirmed: all that was committed before it was asked is at or below the index.
    private (long At, LogIndex Index)? _known;
    private int _inCore;
    private long _reads;

    public int Count => _open.Count;

    public bool HasRequests => Count > 0;

    /// <summary>The reads whose index is not committed here yet.</summary>
    public int Confirmed => _confirmed.Count;

    private static TimeProvider Time => Machine.Current.Time;

    // Only a leader can confirm a query.
    private bool HasRoom => context.Leader is not null && _inCore < WindowReads;

    /// <summary>Takes a query of a client. Call <see cref="AskWaiting"/> after the last one of a turn.</summary>
    public void Submit(ClientCall.Query call, ICanTell client)
    {
        var (name, untaken) = (context.Process.Name, context.Untaken);
        if (!context.HasActor)
        {
            context.Decline(client, $"{name} has no actor now");
        }
        else if (!untaken.TryAdd(call.Question.Length))
        {
            context.Decline(client, $"The actor of {name} has not taken {untaken.Count} questions, which are {untaken.Bytes} bytes");
        }
        else
        {
            Submit(new ReadableQuery(context.Process.NewRequest(), new ClientQuery(call, client, untaken)), call.Timeout, call.Consistency);
        }
    }

    /// <summary>Takes a query. Call <see cref="AskWaiting"/> after the last one of a turn.</summary>
    public void Submit(ReadableQuery query, TimeSpan timeout, ReadConsistency consistency)
    {
        var pending = new Pending(query, consistency);
        if (consistency.NotBelow is { } reached && reached <= context.Process.Pairs.CommittedSerial)
        {
            Release([pending], reached);
            return;
        }

        if (consistency.MaxAge is { } age && _known is var (at, index) && index <= context.Commit && Time.GetElapsedTime(at) <= age)
        {
            Release([pending], context.Process.Pairs.CommittedSerial);
            return;
        }

        _open.Add(pending.Number, pending, context.DeadlineAfter(timeout));
        if (pending.Awaited is { } serial)
        {
            _awaited.Add((serial, pending.Number), pending);
        }
        else
        {
            UnaskedLike(pending).Add(pending);
        }
    }

    /// <summary>Asks Core for all queries that wait, by one read. Queries that a lease may answer have a read of their own.</summary>
    public void AskWaiting()
    {
        Ask(_unasked, mayUseLease: false);
        Ask(_unaskedForLease, mayUseLease: true);
    }

    public void OnReady(Effect.ReadReady ready)
    {
        if (!_asked.Remove(ready.Id, out var asked))
        {
            return;
        }

        var queries = asked.Queries;
        _inCore -= queries.Count;
        if (queries is [{ MayUseLease: false }, ..])
        {
            _known = (asked.At, ready.Index);
        }

        if (ready.Index <= context.Commit)
        {
            Answer(queries);
        }
        else
        {
            _confirmed.Enqueue(queries, (ready.Index, ready.Id.Value));
        }

        AskWaiting();
    }

    public void OnFailed(Effect.ReadFailed failed)
    {
        if (_asked.Remove(failed.Id, out var asked))
        {
            _inCore -= asked.Queries.Count;
            _failed.AddRange(asked.Queries);
        }
    }

    public void OnCommitMoved()
    {
        while (_confirmed.TryPeek(out var queries, out var place) && place.Index <= context.Commit)
        {
            _confirmed.Dequeue();
            Answer(queries);
        }

        while (_awaited.Count > 0 && _awaited.First() is var (key, pending) && key.Serial <= context.Process.Pairs.CommittedSerial)
        {
            End(pending);
            Release([pending], key.Serial);
        }
    }

    public void OnTick()
    {
        var isLate = false;
        while (_open.TryTakeDue(context.Now, out var pending))
        {
            isLate = true;
            End(pending);
            Fail(pending);
        }

        if (isLate)
        {
            ForgetEnded();
        }

        AskAgain();
    }

    public void OnLeader(LeaderView? leader)
    {
        if (leader is not null)
        {
            AskAgain();
        }
    }

    private void AskAgain()
    {
        foreach (var pending in _failed)
        {
            UnaskedLike(pending).Add(pending);
        }

        _failed.Clear();
        AskWaiting();
    }

    /// <summary>The life that asked, or should answer, has ended. A client asks another process, or the next life.</summary>
    public void OnLifeEnded()
    {
        DeclineClients($"The actor of {context.Process.Name} has restarted or stopped.");
        _unasked.Clear();
        _unaskedForLease.Clear();
        _asked.Clear();
        _confirmed.Clear();
        _failed.Clear();
        _awaited.Clear();
        _inCore = 0;
    }

    /// <summary>The actor ends its own queries.</summary>
    public void OnStopped() => DeclineClients(context.Process.EngineStopped.Detail);

    private void DeclineClients(string why)
    {
        foreach (var pending in _open.TakeAll())
        {
            pending.Query.Asked?.Client.Tell(new ClientReply.Declined(why), context.Self);
        }
    }

    // Otherwise ended queries would accumulate while there is no leader, or this process commits nothing.
    private void ForgetEnded()
    {
        _unasked.RemoveAll(static pending => pending.HasEnded);
        _unaskedForLease.RemoveAll(static pending => pending.HasEnded);
        _failed.RemoveAll(static pending => pending.HasEnded);
        if (_confirmed.Count > 0)
        {
            var open = _confirmed.UnorderedItems.Where(item => item.Element.Exists(static pending => !pending.HasEnded)).ToArray();
            _confirmed.Clear();
            _confirmed.EnqueueRange(open);
        }
    }

    private List<Pending> UnaskedLike(Pending pending) => pending.MayUseLease ? _unaskedForLease : _unasked;

    // Ends after a read that fails at once, because the others would fail too.
    private void Ask(List<Pending> unasked, bool mayUseLease)
    {
        while (unasked.Count > 0 && _failed.Count == 0 && HasRoom)
        {
            var queries = unasked.GetRange(0, Math.Min(unasked.Count, WindowReads - _inCore));
            unasked.RemoveRange(0, queries.Count);
            var id = new ReadId(++_reads);
            _asked.Add(id, (queries, Time.GetTimestamp()));
            _inCore += queries.Count;
            context.Step(new Input.Read(id, mayUseLease));
        }
    }

    private void Answer(List<Pending> queries)
    {
        queries.RemoveAll(static pending => pending.HasEnded);
        queries.ForEach(End);
        Release(queries, context.Process.Pairs.CommittedSerial);
    }

    // The actor answers when it has received all pairs up to the serial.
    private void Release(List<Pending> queries, Serial serial)
    {
        if (queries.Count > 0)
        {
            context.TellActor(new ToActor.Readable(context.Life, serial, [.. queries.Select(static pending => pending.Query)]));
        }
    }

    // Another process may answer the question of a client.
    private void Fail(Pending pending)
    {
        if (pending.Query.Asked is { } asked)
        {
            asked.Untaken.OnTaken(asked.Call.Question.Length);
            context.Decline(
                asked.Client,
                $"No leader confirmed the commit index in time, or {context.Process.Name} did not reach the serial");
        }
        else
        {
            context.TellActor(new ToActor.Cancelled(context.Life, pending.Query.Request, OpenQueries.Late));
        }
    }

    private void End(Pending pending)
    {
        pending.HasEnded = true;
        _open.Remove(pending.Number);
        if (pending.Awaited is { } serial)
        {
            _awaited.Remove((serial, pending.Number));
        }
    }

    private sealed class Pending(ReadableQuery query, ReadConsistency consistency)
    {
        public ReadableQuery Query => query;

        public long Number => query.Request.Number;

        public bool HasEnded { get; set; }

        // The serial that this process must have committed, or null if a leader must confirm the query.
        public Serial? Awaited => consistency.NotBelow;

        public bool MayUseLease => consistency.MayUseLease;
    }
}
