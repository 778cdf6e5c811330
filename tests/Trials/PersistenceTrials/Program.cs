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
        + "them; then compares the journal with the events that were acknowledged.",
        [
            new("kill-leader", FaultTrials.KillLeader),
            new("kill-all", FaultTrials.KillAll),
        ],
        (work, parsed) => new TrialScope(work, parsed),
        options: [],
        JournalNode.Command());
}
