using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary><c>raft.appends</c>: the Appends of one process that ended. Thread-safe.</summary>
internal sealed class AppendMetrics(ProcessTags tags)
{
    private static readonly Counter<long> Appends =
        RaftTelemetry.Meter.CreateCounter<long>("raft.appends", "{append}", "Appends of this process that ended.");

    /// <param name="failure">The reason, if the outcome is no success.</param>
    public void OnEnded(AppendOutcome outcome, AppendFailure failure)
    {
        if (!Appends.Enabled)
        {
            return;
        }

        TagList all = [tags.Group, tags.Process];
        switch (outcome)
        {
            case AppendOutcome.Done:
                all.Add("outcome", "done");
                break;
            case AppendOutcome.Cancelled cancelled:
                all.Add("outcome", cancelled.Reason is CancelReason.Unknown ? "unknown" : "not_committed");
                all.Add("reason", NameOf(failure));
                break;
        }

        Appends.Add(1, all);
    }

    private static string NameOf(AppendFailure failure) => failure switch
    {
        AppendFailure.Stopped => "stopped",
        AppendFailure.Discarded => "discarded",
        AppendFailure.NoLeader => "no_leader",
        AppendFailure.Busy => "busy",
        AppendFailure.Overwritten => "overwritten",
        AppendFailure.TimedOut => "timed_out",
        AppendFailure.Forgotten => "forgotten",
        AppendFailure.Compacted => "compacted",
        _ => throw new UnreachableException(),
    };
}
