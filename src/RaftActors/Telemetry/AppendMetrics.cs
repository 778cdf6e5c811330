using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary><c>raft.appends</c>: the Appends of one process that ended. Thread-safe.</summary>
internal sealed class AppendMetrics(ProcessTags tags)
{
    private static readonly Counter<long> Appends =
        RaftTelemetry.Meter.CreateCounter<long>("raft.appends", "{append}", "Appends of this process that ended.");

    public void OnDone() => Count("done", null);

    public void OnCancelled(RaftFailure failure) =>
        Count(failure.Kind == FailureKind.Unknown ? "unknown" : "not_committed", NameOf(failure.Reason));

    private void Count(string outcome, string? reason)
    {
        if (!Appends.Enabled)
        {
            return;
        }

        TagList all = [tags.Group, tags.Process];
        all.Add("outcome", outcome);
        if (reason is not null)
        {
            all.Add("reason", reason);
        }

        Appends.Add(1, all);
    }

    private static string NameOf(FailureReason reason) => reason switch
    {
        FailureReason.Discarded => "discarded",
        FailureReason.NoLeader => "no_leader",
        FailureReason.Busy => "busy",
        FailureReason.DiskFull => "disk_full",
        FailureReason.NotYet => "not_yet",
        FailureReason.Stopped => "stopped",
        FailureReason.Invalid => "invalid",
        FailureReason.TimedOut => "timed_out",
        FailureReason.Forgotten => "forgotten",
        _ => "other",
    };
}
