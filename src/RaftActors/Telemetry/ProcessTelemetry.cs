using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Telemetry;

/// <summary>
/// The metrics and traces of one process, except the gauges and the traces of Appends, which its engine has. Thread-safe.
/// </summary>
internal sealed class ProcessTelemetry
{
    /// <summary>The most pairs that wait for <see cref="BeginApply"/>.</summary>
    public const int ApplySpansMax = 1024;

    private static readonly Histogram<double> CommitDuration =
        DurationMetric.Create("raft.commit.duration", "Time from a call of Append until its pair was committed on this process.");

    private static readonly Histogram<double> ApplyDuration =
        DurationMetric.Create("raft.apply.duration", "Time in HandleAppend, or in HandleSerial for a fetched pair.");

    private static readonly Counter<long> Elections =
        RaftTelemetry.Meter.CreateCounter<long>("raft.elections", "{election}", "Elections that this process won.");

    private static readonly Counter<long> Appends =
        RaftTelemetry.Meter.CreateCounter<long>("raft.appends", "{append}", "Appends of this process that ended.");

    private static readonly Counter<long> Reads =
        RaftTelemetry.Meter.CreateCounter<long>("raft.reads", "{read}", "Queries of this process that ended.");

    // The committed pairs with a sampled trace that the actor has not applied. The engine adds, and the actor takes.
    private readonly ConcurrentDictionary<Serial, ActivityContext> _unapplied = [];

    public ProcessTelemetry(RaftSettings settings, ITimeProvider clock)
    {
        Tags = [new("raft.group", settings.Group), new("raft.process", settings.Self.Value)];
        Commits = new DurationMetric(CommitDuration, Tags, clock);
        Applies = new DurationMetric(ApplyDuration, Tags, clock);
    }

    /// <summary>The tags of each measurement of the process: its group and its name.</summary>
    public KeyValuePair<string, object?>[] Tags { get; }

    public DurationMetric Commits { get; }

    public DurationMetric Applies { get; }

    /// <summary>Counts an election that this process won. Each has one winner, so all processes together count it once.</summary>
    public void OnElected() => Elections.Add(1, Tags);

    /// <param name="failure">Null for an Append that is done.</param>
    public void OnAppended(RaftFailure? failure)
    {
        if (Appends.Enabled)
        {
            TagList all = new(Tags);
            all.Add("outcome", failure switch
            {
                null => "done",
                { Kind: FailureKind.Unknown } => "unknown",
                _ => "not_committed",
            });
            if (failure is not null)
            {
                all.Add("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName($"{failure.Reason}"));
            }

            Appends.Add(1, all);
        }
    }

    public void OnRead(RaftFailure? failure, ReadConsistency consistency)
    {
        if (Reads.Enabled)
        {
            Reads.Add(1, [.. Tags, new("consistency", KindOf(consistency)), new("outcome", failure is null ? "done" : "failed")]);
        }
    }

    public void OnCommitted(Serial serial, ActivityContext parent)
    {
        // A pair may never be applied, because a snapshot can replace it. Traces are samples, so the few that wait may be lost.
        if (_unapplied.Count >= ApplySpansMax)
        {
            _unapplied.Clear();
        }

        _unapplied[serial] = parent;
    }

    /// <summary>
    /// Begins the span in which the actor applies the pair, as <see cref="Activity.Current"/>, so that the actor's own spans are below it.
    /// Returns null if the pair has no trace.
    /// </summary>
    public Activity? BeginApply(Serial serial) => !_unapplied.IsEmpty && _unapplied.TryRemove(serial, out var parent)
        ? RaftTelemetry.Source.StartActivity(Spans.Apply, ActivityKind.Internal, parent, Tags)
        : null;

    // The serial is left out, so that the number of tags is bounded.
    private static string KindOf(ReadConsistency consistency) => consistency.NotBelow switch
    {
        null => consistency.MaxAge is not null ? "within" : consistency.MayUseLease ? "lease" : "linearizable",
        { Value: 0 } => "local",
        _ => "not-older-than",
    };
}
