using System.CommandLine;

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

    private static readonly Option<string?> Tools = new("--tools")
    {
        Description = "The folder with vswitch.py. Default: ../shared/tools beside the checkout.",
        HelpName = "folder",
    };

    public static RootCommand Build()
    {
        var root = new RootCommand(
            "Runs nodes of demo/KeyValue as processes under load; kills, freezes, restarts and partitions them; then checks all answers "
            + "against the changes of each key. Prints a line for each trial. Exit code 0: all held; 1: one failed.")
        {
            Rounds, Only, Tools,
        };
        root.SetAction((parsed, _) => AllTrials.Run(
            parsed.GetValue(Tools) ?? Machine.ToolsFolder, parsed.GetValue(Only) ?? "", parsed.GetValue(Rounds)));
        return root;
    }
}
