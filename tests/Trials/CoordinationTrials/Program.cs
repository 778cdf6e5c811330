using CoordinationTrials.Check;
using CoordinationTrials.Faults;
using CoordinationTrials.Node;
using CoordinationTrials.Simulated;
using CoordinationTrials.Trials;

namespace CoordinationTrials;

public static class CoordinationProgram
{
    /// <summary>The name of the command. The commands of its processes follow it.</summary>
    public const string Name = "coordination";

    public static Command Command() => TrialProgram.Command(
        Name,
        "Runs five nodes of an Akka.Cluster as processes, with a singleton, sharded entities and a lock that write to a register outside; "
        + "kills, freezes, restarts and partitions them; then checks that no two holders wrote at a time.",
        [
            new("kill", trial => trial.Run(20, Fault.Kill)),
            new("freeze", trial => trial.Run(20, Fault.Freeze)),
            new("rolling", trial => trial.Run(20, Fault.Restart)),
            new("partition", trial => trial.RunOnNetwork(20, Fault.Partition), Network.Problem),
            new("one-way", trial => trial.RunOnNetwork(20, Fault.OneWay), Network.Problem),
            new("bridge", trial => trial.RunOnNetwork(20, Fault.Bridge), Network.Problem),
            new("flap", trial => trial.RunOnNetwork(20, Fault.Flap), Network.Problem),
            new("mixed", trial => trial.RunOnNetwork(20, Fault.Mixed), Network.Problem),
            new("any", trial => trial.RunOnNetwork(60, Fault.All()), Network.Problem),
            new("stop", trial => trial.Run(20, Fault.Kill, Fault.Freeze)),
            new("bootstrap", trial => trial.Starts()),
            new("control", trial => trial.Control()),
        ],
        (work, parsed) => new Trial(work, parsed),
        Trial.AllOptions,
        SimulatedTrials.Command(),
        StartTrials.Command(),
        RoundResult.SumCommand(),
        TrialNode.Command());
}
