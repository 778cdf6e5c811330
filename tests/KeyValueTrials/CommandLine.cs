using System.CommandLine;

using KeyValueTrials.Trials;

namespace KeyValueTrials;

/// <summary>The command line.</summary>
internal static class CommandLine
{
    private static readonly Option<int?> Rounds = new("--rounds")
    {
        Description = "Number of rounds of each trial. Default: each trial has its own number.",
        HelpName = "n",
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Run only trials whose name contains this text.",
        HelpName = "text",
    };

    private static readonly Option<bool> CanRun = new("--can-run")
    {
        Description = "Run nothing. Exit code 0: all these trials can run on this machine; 1: some cannot, with the reason.",
    };

    public static RootCommand Build()
    {
        var root = new RootCommand(
            "Runs nodes of demo/KeyValue as processes under load; kills, freezes, restarts, partitions and replaces them; then checks all "
            + "answers against the changes of each key. Prints a line for each trial. Exit code 0: all held; 1: one failed, or cannot run "
            + "on this machine.")
        {
            Rounds, Only, CanRun,
        };
        root.SetAction((parsed, _) => TrialRunner.Run(
            AllTrials.List, parsed.GetValue(Only), parsed.GetValue(CanRun), work => new Trial(work, parsed.GetValue(Rounds))));
        return root;
    }
}
