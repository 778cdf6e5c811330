using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

using Akka.Actor;

namespace RaftActors.Effects;

/// <summary>What the metrics show of the outbox of a leader. Thread-safe.</summary>
internal sealed class OutboxMetrics(ITimeProvider clock, KeyValuePair<string, object?>[] tags)
{
    private static readonly ConcurrentDictionary<OutboxMetrics, bool> All = [];
    private static readonly Meter Meter = new(Raft.TelemetryName);

    private static readonly ObservableGauge<long> Counts = Meter.CreateObservableGauge(
        "raft.effects", () => All.Keys.Select(each => new Measurement<long>(each._shown.Count, tags: each.Tags)),
        "{effect}", "On the leader: effects of an outbox that have not ended.");

    private static readonly ObservableGauge<double> Ages = Meter.CreateObservableGauge(
        "raft.effects.age", () => All.Keys.Select(each => new Measurement<double>(each.Age, tags: each.Tags)),
        "s", "On the leader: age of the oldest effect that has not ended.");

    private volatile Shown _shown = new(0, null);

    private KeyValuePair<string, object?>[] Tags => tags;

    private double Age => _shown.Oldest is { } oldest ? Math.Max(0, (clock.Now - oldest).TotalSeconds) : 0;

    public void Add() => All[this] = true;

    public void Remove() => All.TryRemove(this, out _);

    /// <param name="oldest">Null: there are none.</param>
    public void Show(int count, DateTimeOffset? oldest) => _shown = new(count, oldest);

    private sealed record Shown(int Count, DateTimeOffset? Oldest);
}
