using RaftActors.Core;

namespace RaftActors.Simulator.Exhaustive;

/// <summary>
/// All entries that were ever delivered to a process, over its restarts: hashes of the entry and of the application's state after it.
/// </summary>
internal sealed class Delivered
{
    private readonly List<(ulong Entry, ulong State, long Term)> _entries = [];
    private readonly HashSet<RequestId> _requests = [];

    private long Last => _entries.Count;

    /// <summary>
    /// The deliveries by index, from index 1 on, each with the term of the process. The entry is 0 if a snapshot stood for it. The term is
    /// 0 if the process does not know the index.
    /// </summary>
    public (ulong Entry, ulong State, long Term)[] ToArray() => [.. _entries];

    /// <summary>Notes the delivery of an entry, perhaps again after a restart.</summary>
    public void Give(SimulatedProcess process, in LogEntry entry, ulong hash)
    {
        if (entry.Index.Value > Last && entry.Request is { } request && !_requests.Add(request))
        {
            throw new Violation("requests", $"{request} was committed twice");
        }

        Give(process, entry.Index.Value, hash);
    }

    /// <summary>Notes a snapshot that was received, or that a restart began with.</summary>
    public void Give(SimulatedProcess process, Snapshot snapshot)
    {
        var index = snapshot.Position.Index.Value;
        Violation.Unless(process.State.Index == index, "snapshot", $"{process.Member} receives a snapshot {snapshot} with another state");
        foreach (var session in snapshot.Sessions)
        {
            _requests.UnionWith(session.Answered.Select(answered => new RequestId(session.Origin, answered.Number)));
        }

        Give(process, index, 0);
    }

    private void Give(SimulatedProcess process, long index, ulong hash)
    {
        var state = process.State.Hash;
        while (Last < index - 1)
        {
            _entries.Add(default);
        }

        if (index > Last)
        {
            _entries.Add((hash, state, process.Core!.Term.Value));
            return;
        }

        var (knownEntry, knownState, term) = _entries[(int)index - 1];
        if ((hash != 0 && knownEntry != 0 && hash != knownEntry) || (term > 0 && state != knownState))
        {
            throw new Violation("state machine", $"{process.Member} is given another entry or state at {index} than before its restart");
        }
    }
}
