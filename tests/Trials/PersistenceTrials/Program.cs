using System.CommandLine;

using PersistenceTrials.Nodes;
using PersistenceTrials.Trials;

namespace PersistenceTrials;

public static class PersistenceProgram
{
    /// <summary>The name of the command. The commands of its processes follow it.</summary>
    public const string Name = "persistence";

    public static Command Command() => TrialProgram.Command(
        Name,
        "Runs nodes as processes whose persistent actors write to the journal of RaftActors, often one actor on two nodes at once; kills "
        + "them; then compares the journal with the events that were acknowledged. And nodes whose sharding remembers its entities.",
        [
            new("kill-leader", FaultTrials.KillLeader),
            new("kill-all", FaultTrials.KillAll),
            new("rolling", FaultTrials.Rolling),
            new("wiped-disk", FaultTrials.WipedDisk),
            new("remembered", RememberedTrial.Run),
        ],
        (work, parsed) => new Trial(work, parsed),
        options: [Trial.EntitiesOption],
        JournalNode.Command(),
        RememberedNode.Command());
}
