using CoordinationTrials;
using CoordinationTrials.Trials;

return await TrialProgram.Run(
    Options.AddTo(TrialProgram.Of<Trial>(
        "Runs five nodes of an Akka.Cluster as processes, with a singleton, sharded entities and a lock that write to a register outside; "
        + "kills, freezes, restarts and partitions them; then checks that no two holders wrote at a time.",
        [
        new("kill", trial => FaultTrials.Run(trial, 20, Faults.Kill)),
        new("freeze", trial => FaultTrials.Run(trial, 20, Faults.Freeze)),
        new("rolling", trial => FaultTrials.Run(trial, 20, Faults.Restart)),
        new("partition", trial => FaultTrials.RunOnNetwork(trial, 20, Faults.Partition), Network.Problem),
        new("one-way", trial => FaultTrials.RunOnNetwork(trial, 20, Faults.OneWay), Network.Problem),
        new("bridge", trial => FaultTrials.RunOnNetwork(trial, 20, Faults.Bridge), Network.Problem),
        new("flap", trial => FaultTrials.RunOnNetwork(trial, 20, Faults.Flap), Network.Problem),
        new("mixed", trial => FaultTrials.RunOnNetwork(trial, 20, Faults.Mixed), Network.Problem),
        new("any", trial => FaultTrials.RunOnNetwork(trial, 60, Faults.All()), Network.Problem),
        new("stop", trial => FaultTrials.Run(trial, 20, Faults.Kill, Faults.Freeze)),
        new("control", ControlTrials.Freeze),
        ],
        (work, parsed) => new Trial(
            work,
            parsed.GetValue(TrialProgram.Rounds),
            Options.DowningOf(parsed),
            parsed.GetValue(Options.Seed),
            parsed.GetValue(Options.Results),
            parsed.GetValue(Options.Logs),
            parsed.GetValue(Options.Scale)))),
    args);
