using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary>
/// <c>raft.elections</c>: the elections that one process won. Each has one winner, so all processes together count it once.
/// </summary>
internal sealed class ElectionMetrics(ProcessTags tags)
{
    private static readonly Counter<long> Elections =
        RaftTelemetry.Meter.CreateCounter<long>("raft.elections", "{election}", "Elections that this process won.");

    public void OnRole(RaftRole role)
    {
        if (role == RaftRole.Leader)
        {
            Elections.Add(1, tags.Group, tags.Process);
        }
    }
}
