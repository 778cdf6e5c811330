using System.Diagnostics.Metrics;

using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Telemetry;

/// <summary>The metrics and traces of one process, except the gauges and the traces of Appends, which its engine has.</summary>
internal sealed class ProcessTelemetry
{
    private static readonly Histogram<double> CommitDuration =
        DurationMetric.Create("raft.commit.duration", "Time from a call of Append until its pair was committed on this process.");

    private static readonly Histogram<double> ApplyDuration =
        DurationMetric.Create("raft.apply.duration", "Time in HandleAppend, or in HandleSerial for a fetched pair.");

    private static readonly Counter<long> Elections =
        RaftTelemetry.Meter.CreateCounter<long>("raft.elections", "{election}", "Elections that this process won.");

    public ProcessTelemetry(RaftSettings settings, ITimeProvider clock)
    {
        Tags = new ProcessTags(settings.Group, settings.Self);
        Appends = new AppendMetrics(Tags);
        Commits = new DurationMetric(CommitDuration, Tags, clock);
        Applies = new DurationMetric(ApplyDuration, Tags, clock);
        Reads = new ReadMetrics(Tags);
        ApplySpans = new ApplySpans(Tags);
    }

    public ProcessTags Tags { get; }

    public AppendMetrics Appends { get; }

    public DurationMetric Commits { get; }

    public DurationMetric Applies { get; }

    public ReadMetrics Reads { get; }

    public ApplySpans ApplySpans { get; }

    /// <summary>Counts an election that this process won. Each has one winner, so all processes together count it once.</summary>
    public void OnElected() => Elections.Add(1, Tags.Group, Tags.Process);
}
