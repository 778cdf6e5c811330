using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.Metrics;

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

    private static readonly ObservableGauge<long>[] All =
    [
        Create("raft.term", "{term}", "Latest term that the process knows.", reading => reading.Term),
        Create("raft.role", "{role}", "Role: 0 follower, 1 pre-candidate, 2 candidate, 3 leader.", reading => (int)reading.Role),
        Create("raft.log.size", "By", "Size of the log without compacted entries.", reading => reading.LogSize),
        Create("raft.snapshot.size", "By", "Size of the state in the latest snapshot.", reading => reading.SnapshotSize),
        Create("raft.diverged", "{group}", "1: the actors of the group have different states.", reading => reading.HasDiverged ? 1 : 0),
        Create("raft.peer.lag", "{entry}", "Entries of the leader that a process does not have on disk.", "peer", reading => reading.Lags),
        Create("raft.pending", "{append}", "Open Appends.", "stage", reading => reading.Pending),
    ];

    private volatile Reading? _reading;
    private long _readAt = -1;

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
        IsStale = _readAt == context.Now && _reading is not null && !context.Core.IsQuiescent;
        if (_readAt != context.Now || context.Core.IsQuiescent)
        {
            _readAt = context.Now;
            var isAsked = Machine.Current.HasTelemetry && Array.Exists(All, gauge => gauge.Enabled);
            _reading = isAsked || context.Core.IsQuiescent ? Read() : null;
        }
    }

    private static ObservableGauge<long> Create(string name, string unit, string description, Func<Reading, long> read) =>
        RaftTelemetry.Meter.CreateObservableGauge(name, () => Observe((tags, reading) => [new(read(reading), tags)]), unit, description);

    private static ObservableGauge<long> Create(
        string name, string unit, string description, string tag, Func<Reading, ImmutableArray<(string Of, long Value)>> read) =>
        RaftTelemetry.Meter.CreateObservableGauge(
            name,
            () => Observe((tags, reading) => read(reading).Select(each => new Measurement<long>(each.Value, [.. tags, new(tag, each.Of)]))),
            unit,
            description);

    private static IEnumerable<Measurement<long>> Observe(
        Func<KeyValuePair<string, object?>[], Reading, IEnumerable<Measurement<long>>> observe)
    {
        foreach (var (process, tags) in Running)
        {
            if (process._reading is not { } reading)
            {
                continue;
            }

            foreach (var measurement in observe(tags, reading))
            {
                yield return measurement;
            }
        }
    }

    private Reading Read()
    {
        var core = context.Core;
        var last = core.LastPosition.Index.Value;

        // For a while the leader replicates to both incarnations of a process that has a new store.
        var lags = core.Matches
            .GroupBy(match => match.Peer.Name)
            .Select(matches => (matches.Key.Value, last - matches.Max(match => match.Match.Value)));
        return new Reading(core.Term.Value, core.Role, core.LogSize, core.Snapshot?.Length ?? 0)
        {
            HasDiverged = context.Process.Status.DivergedAt is not null,
            Lags = [.. lags],
            Pending =
            [
                ("actor", context.Process.Appends.Count),
                ("engine", appends.Count),
                ("leader", proposals.Count),
            ],
        };
    }

    private sealed record Reading(long Term, RaftRole Role, long LogSize, long SnapshotSize)
    {
        public required bool HasDiverged { get; init; }

        public required ImmutableArray<(string Of, long Value)> Lags { get; init; }

        public required ImmutableArray<(string Of, long Value)> Pending { get; init; }
    }
}
