using KeyValueTrials.Trials;

namespace KeyValueTrials;

/// <summary>The trials by name.</summary>
internal static class AllTrials
{
    public static IReadOnlyList<NamedTrial<Trial>> List { get; } =
    [
        new("latency", LatencyTrials.Quiet),
        new("kill-leader", KillTrials.Leader),
        new("kill-all", KillTrials.All),
        new("freeze", KillTrials.Freeze),
        new("rolling", KillTrials.Rolling),
        new("roster", RosterTrials.Exchange),
        new("groups", GroupsTrials.Idle),
        new("partition", PartitionTrials.Split, Network.Problem),
        new("clock", ClockTrials.Jump, ClockTrials.Problem),
        new("full-disk", DiskTrials.Fill, Machine.RootProblem),
    ];
}
