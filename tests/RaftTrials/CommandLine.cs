using System.CommandLine;

using RaftTrials.Load;

namespace RaftTrials;

/// <summary>The trials, and the load that they start.</summary>
internal static class CommandLine
{
    private static readonly Option<int?> Rounds = new("--rounds")
    {
        Description = "How often a trial does what it does; each has a number of its own if not given.",
        HelpName = "n",
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Only trials whose name has this in it.",
        HelpName = "text",
    };

    private static readonly Option<string?> Tools = new("--tools")
    {
        Description = "Where vswitch.py is: ../shared/tools beside the checkout if not given.",
        HelpName = "folder",
    };

    private static readonly Option<bool> CanRun = new("--can-run")
    {
        Description = "Run nothing; exit code 0: these trials can be run here, 1: not all of them can, and why.",
    };

    private static readonly Option<int> Port = new("--port")
    {
        Description = "The first of the ports that servers listen on.",
        DefaultValueFactory = _ => 4490,
        HelpName = "n",
    };

    public static RootCommand Build()
    {
        var root = new RootCommand(
            "Servers of the raft program, as processes, under load, that are killed, frozen, cut off and exchanged: what was answered must "
            + "be so. A line for each trial; exit code 0: all held, 1: one did not, or could not be run here.")
        {
            Rounds, Only, Tools, Port, CanRun, LoadCommand.Build(),
        };
        root.SetAction((parsed, _) =>
        {
            var tools = parsed.GetValue(Tools) ?? Machine.ToolsFolder;
            var only = parsed.GetValue(Only) ?? "";
            return parsed.GetValue(CanRun)
                ? Task.FromResult(AllTrials.CanRun(tools, only))
                : AllTrials.Run(tools, only, parsed.GetValue(Rounds), parsed.GetValue(Port));
        });
        return root;
    }
}
