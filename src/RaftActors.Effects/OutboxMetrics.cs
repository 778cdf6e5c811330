using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

using Akka.Actor;

namespace RaftActors.Effects;

/// <summary>What the metrics show of an outbox of a leader. Those of one process are shown as one. Thread-safe.</summary>
internal sealed class OutboxMetrics(ITimeProvider clock, string? group, string process)
{
    private static readonly ConcurrentDictionary<OutboxMetrics, bool> All = [];
    private static readonly Meter Meter = new(Raft.TelemetryName);

    private static readonly ObservableGauge<long> Counts = Meter.CreateObservableGauge(
        "raft.effects", () => Measure(outboxes => outboxes.Sum(each => (long)each._shown.Count)),
        "{effect}", "On the leader: effects of an outbox that have not ended.");

    private static readonly ObservableGauge<double> Ages = Meter.CreateObservableGauge(
        "raft.effects.age", () => Measure(outboxes => outboxes.Max(each => each.Age)),
        "s", "On the leader: age of the oldest effect that has not ended.");

    private volatile Shown _shown = new(0, null);

    private (string? Group, string Name) Process => (group, process);

    private double Age => _shown.Oldest is { } oldest ? Math.Max(0, (clock.Now - oldest).TotalSeconds) : 0;

    public void Add() => All[this] = true;

    public void Remove() => All.TryRemove(this, out _);

    /// <param name="oldest">Null: there are none.</param>
    public void Show(int count, DateTimeOffset? oldest) => _shown = new(count, oldest);

    // An exporter keeps one of several measurements that have the same tags.
    private static IEnumerable<Measurement<T>> Measure<T>(Func<IEnumerable<OutboxMetrics>, T> find)
        where T : struct =>
        All.Keys.GroupBy(each => each.Process).Select(each => new Measurement<T>(
            find(each), new("raft.group", each.Key.Group), new KeyValuePair<string, object?>("raft.process", each.Key.Name)));

    private sealed record Shown(int Count, DateTimeOffset? Oldest);
}
