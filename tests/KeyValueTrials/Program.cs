using KeyValueTrials.Trials;

return await TrialProgram.Run(
    TrialProgram.Of<Trial>(
        "Runs nodes of demo/KeyValue as processes under load; kills, freezes, restarts, partitions and replaces them; then checks all "
        + "answers against the changes of each key.",
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
        ],
        (work, parsed) => new Trial(work, parsed.GetValue(TrialProgram.Rounds))),
    args);
