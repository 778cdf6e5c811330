using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

using RaftActors.Core;
using RaftActors.Engine.Requests;
using RaftActors.Settings;
using RaftActors.Telemetry;

namespace RaftActors.Engine;

/// <summary>
/// The gauges of one process. A listener observes them on its own thread, but only the engine may read Core. So the engine takes a reading
/// in each tick while there is a listener, and listeners get the latest reading.
/// </summary>
internal sealed class ProcessGauges(EngineContext context, OwnAppends appends, LeaderProposals proposals)
{
    // Invariant: has exactly the processes whose engines run.
    private static readonly ConcurrentDictionary<ProcessGauges, KeyValuePair<string, object?>[]> Running = new();

    // Each with its values, by the tag if there is one.
    private static readonly Gauge[] Table =
    [
        new("raft.term", "{term}", "Latest term that the process knows.", gauges => gauges.Core.Term.Value),
        new("raft.role", "{role}", "Role: 0 follower, 1 pre-candidate, 2 candidate, 3 leader.", gauges => (int)gauges.Core.Role),
        new("raft.log.size", "By", "Size of the log without compacted entries.", gauges => gauges.Core.LogSize),
        new("raft.snapshot.size", "By", "Size of the state in the latest snapshot.", gauges => gauges.Core.Snapshot?.Length ?? 0),
        new("raft.diverged", "{group}", "1: the actors of the group have different states.", gauges => gauges.HasDiverged ? 1 : 0),
        new("raft.peer.lag", "{entry}", "Entries of the leader that a process does not have on disk.", "peer", gauges => gauges.Lags),
        new("raft.pending", "{append}", "Open Appends.", "stage", gauges => gauges.Pending),
    ];

    private static readonly ObservableGauge<long>[] All = [.. Table.Select((gauge, place) =>
        RaftTelemetry.Meter.CreateObservableGauge(gauge.Name, () => Observe(place), gauge.Unit, gauge.Description))];

    // The values of each gauge of the table.
    private volatile (string Of, long Value)[][]? _reading;
    private long _readAt = -1;

    private RaftCore Core => context.Core;

    private bool HasDiverged => context.Process.Status.DivergedAt is not null;

    // For a while the leader replicates to both incarnations of a process that has a new store.
    private IEnumerable<(string Of, long Value)> Lags => Core.Matches
        .GroupBy(match => match.Peer.Name)
        .Select(matches => (matches.Key.Value, Core.LastPosition.Index.Value - matches.Max(match => match.Match.Value)));

    private IEnumerable<(string Of, long Value)> Pending =>
        [("actor", context.Process.Appends.Count), ("engine", appends.Count), ("leader", proposals.Count)];

    public void Begin() => Running.TryAdd(this, context.Process.Telemetry.Tags);

    public void End() => Running.TryRemove(this, out _);

    /// <summary>True if the engine had another turn in the tick of the latest reading, so the next tick must bring a new one.</summary>
    public bool IsStale { get; private set; }

    /// <summary>
    /// A turn of the engine has ended. Reads once in a tick if there is a listener. A quiescent process has no ticks, so it reads in each
    /// turn.
    /// </summary>
    public void OnTurn()
    {
        IsStale = _readAt == context.Now && _reading is not null && !Core.IsQuiescent;
        if (_readAt != context.Now || Core.IsQuiescent)
        {
            _readAt = context.Now;
            var isAsked = Machine.Current.HasTelemetry && Array.Exists(All, gauge => gauge.Enabled);
            _reading = isAsked || Core.IsQuiescent ? Array.ConvertAll(Table, gauge => gauge.Read(this).ToArray()) : null;
        }
    }

    private static IEnumerable<Measurement<long>> Observe(int place) =>
        from running in Running
        let reading = running.Key._reading
        where reading is not null
        from each in reading[place]
        select new Measurement<long>(
            each.Value,
            Table[place].Tag is { } tag ? [.. running.Value, new(tag, each.Of)] : running.Value);

    private sealed record Gauge(
        string Name, string Unit, string Description, string? Tag, Func<ProcessGauges, IEnumerable<(string Of, long Value)>> Read)
    {
        public Gauge(string name, string unit, string description, Func<ProcessGauges, long> read)
            : this(name, unit, description, null, gauges => [("", read(gauges))])
        {
        }
    }
}
