using System.CommandLine;

namespace DiskTrials;

/// <summary>The command line: runs the trials, or one node of a trial.</summary>
internal static class CommandLine
{
    private static readonly Option<int> Rounds = new("--rounds")
    {
        Description = "How often the power is cut.",
        DefaultValueFactory = _ => 20,
        HelpName = "n",
    };

    private static readonly Option<string?> Only = new("--only")
    {
        Description = "Only trials whose name has this in it.",
        HelpName = "text",
    };

    private static readonly Option<bool> CanRun = new("--can-run")
    {
        Description = "Run nothing. Exit code 0: all these trials can run on this machine; 1: some cannot, with the reason.",
    };

    private static readonly Option<int> Port = new("--port") { DefaultValueFactory = _ => 4470, HelpName = "n" };
    private static readonly Option<int> Number = new("--number");
    private static readonly Option<string> Data = new("--data") { Required = true };
    private static readonly Option<string> Notes = new("--notes") { Required = true };
    private static readonly Option<string> Run = new("--run") { Required = true };
    private static readonly Option<int> ValueSize = new("--value-size");
    private static readonly Option<string> Sync = new("--sync") { Required = true };

    public static RootCommand Build()
    {
        var node = new Command("node") { Number, Port, Data, Notes, Run, ValueSize, Sync };
        node.Hidden = true;
        node.SetAction((parsed, _) => TrialNode.Run(
            parsed.GetValue(Number),
            parsed.GetValue(Port),
            parsed.GetValue(Data)!,
            parsed.GetValue(Notes)!,
            parsed.GetValue(Run)!,
            parsed.GetValue(ValueSize),
            parsed.GetValue(Sync)!));
        var root = new RootCommand(
            "Three nodes with durable stores, under load, on disks that lose power, fail, fill up and lie: what was acknowledged must be "
            + "there. A line for each trial. Exit code 0: all held; 1: one did not, or cannot run on this machine.")
        {
            Rounds, Only, Port, CanRun, node,
        };
        root.SetAction((parsed, _) => TrialRunner.Run(
            AllTrials.List,
            parsed.GetValue(Only),
            parsed.GetValue(CanRun),
            work => new Trial(work, parsed.GetValue(Port), parsed.GetValue(Rounds))));
        return root;
    }
}
