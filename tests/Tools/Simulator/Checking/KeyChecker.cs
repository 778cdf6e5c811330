using RaftActors.Core;

namespace RaftActors.Simulator;

/// <summary>
/// No request key is committed twice while it is remembered, and never if each attempt told a serial from before the first one. A snapshot
/// holds the keys of its index. The answers about a key are true.
/// </summary>
internal sealed class KeyChecker(Ledger ledger, SessionBounds bounds)
{
    private readonly HashSet<RequestKeyHash> _committed = [];
    private KeyModel _latest = new(bounds);
    private KeyModel _model = new(bounds);

    /// <summary>An entry is in the ledger.</summary>
    public void OnCommitted(in LogEntry entry)
    {
        if (!_latest.Add(entry))
        {
            throw new Violation("keys", $"{entry} is committed, and its key is remembered");
        }

        if (entry.Payload is Payload.KeyedPair { RequestKey: var key } && !_committed.Add(key) && KeyedOperation.IsDated(key))
        {
            throw new Violation("keys", $"{entry} is the second pair of its key, and each attempt told a serial from before the first");
        }
    }

    public void OnSnapshot(SimulatedProcess process, Snapshot snapshot)
    {
        if (!At(snapshot.Position.Index.Value).IsIn(snapshot.Keys))
        {
            throw new Violation("keys", $"{process.Member} has a snapshot {snapshot} whose keys are not those of its index");
        }
    }

    /// <summary>A process gave the place of a pair with the key of this request.</summary>
    /// <param name="entry">The entry at that place.</param>
    public static void OnRepeated(SimulatedProcess process, RequestKeyHash key, Effect.Repeated repeated, in LogEntry entry)
    {
        if (entry.Payload is not Payload.KeyedPair pair || pair.RequestKey != key || entry.Serial != repeated.Serial)
        {
            throw new Violation("keys", $"{process.Member} reports {repeated.Request} at {repeated.Index}, and its key is not there");
        }
    }

    /// <summary>Returns whether a process that refuses a pair as expired is right, because of its key.</summary>
    public bool MayHaveForgotten(SimulatedProcess process, ClientRequest request)
    {
        if (request.Pair is not Payload.KeyedPair { RequestKey: var key })
        {
            return false;
        }

        var commit = process.Core!.CommitIndex.Value;
        if (commit > ledger.Count)
        {
            return true;
        }

        var model = At(commit);
        if (model.Has(key))
        {
            throw new Violation("keys", $"{process.Member} refuses {request.Id} as expired at {commit}, but its key is remembered");
        }

        return request.Since < model.Forgotten;
    }

    private KeyModel At(long index)
    {
        _model = index < _model.Index ? new KeyModel(bounds) : _model;
        while (_model.Index < index)
        {
            _model.Add(ledger[_model.Index + 1]);
        }

        return _model;
    }
}
