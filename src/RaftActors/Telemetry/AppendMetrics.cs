using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary><c>raft.appends</c>: the Appends of one process that ended. Thread-safe.</summary>
internal sealed class AppendMetrics(ProcessTags tags)
{
    private static readonly Counter<long> Appends =
        RaftTelemetry.Meter.CreateCounter<long>("raft.appends", "{append}", "Appends of this process that ended.");

    public void OnDone() => Count("done", null);

    public void OnCancelled(CancelReason reason)
    {
        if (Appends.Enabled)
        {
            Count(reason is CancelReason.Unknown ? "unknown" : "not_committed", NameOf(reason));
        }
    }

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

    private static string NameOf(CancelReason reason) => reason switch
    {
        CancelReason.NotCommitted { Reason: var known } => NameOf(known),
        CancelReason.Unknown { Reason: var known } => NameOf(known),
        _ => throw new UnreachableException(),
    };

    private static string NameOf(NotCommittedReason reason) => reason switch
    {
        NotCommittedReason.Discarded => "discarded",
        NotCommittedReason.NoLeader => "no_leader",
        NotCommittedReason.Busy => "busy",
        NotCommittedReason.DiskFull => "disk_full",
        NotCommittedReason.NotYet => "not_yet",
        NotCommittedReason.Stopped => "stopped",
        NotCommittedReason.Invalid => "invalid",
        _ => "other",
    };

    private static string NameOf(UnknownReason reason) => reason switch
    {
        UnknownReason.TimedOut => "timed_out",
        UnknownReason.Forgotten => "forgotten",
        UnknownReason.Stopped => "stopped",
        _ => "other",
    };
}
