using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary><c>raft.reads</c>: the Queries of one process that ended. Thread-safe.</summary>
internal sealed class ReadMetrics(ProcessTags tags)
{
    private static readonly Counter<long> Reads =
        RaftTelemetry.Meter.CreateCounter<long>("raft.reads", "{read}", "Queries of this process that ended.");

    public void OnEnded(RaftFailure? failure, ReadConsistency consistency)
    {
        if (Reads.Enabled)
        {
            Reads.Add(
                1,
                [
                    tags.Group,
                    tags.Process,
                    new("consistency", KindOf(consistency)),
                    new("outcome", failure is null ? "done" : "failed"),
                ]);
        }
    }

    // The serial is left out, so that the number of tags is bounded.
    private static string KindOf(ReadConsistency consistency) => consistency.NotBelow switch
    {
        null => consistency.MayUseLease ? "lease" : "linearizable",
        { Value: 0 } => "local",
        _ => "not-older-than",
    };
}
