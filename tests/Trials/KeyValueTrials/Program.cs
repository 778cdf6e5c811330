using KeyValueTrials.Trials;

namespace KeyValueTrials;

internal static class KeyValueProgram
{
    public static Command Command() => TrialProgram.Command(
        "keyvalue",
        "Runs nodes of demo/KeyValue as processes under load; kills, freezes, restarts and partitions them; then checks all answers "
        + "against the changes of each key.",
        [
            new("kill-leader", FaultTrials.KillLeader),
            new("kill-all", FaultTrials.KillAll),
            new("freeze", FaultTrials.Freeze),
            new("rolling", FaultTrials.Rolling),
            new("partition", FaultTrials.Partition, Network.Problem),
            new("clock", FaultTrials.Clock, WallClock.Problem),
        ],
        (work, parsed) => new TrialScope(work, parsed),
        options: []);
}
