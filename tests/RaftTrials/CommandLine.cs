using System.CommandLine;

using RaftTrials.Clients;
using RaftTrials.Load;
using RaftTrials.Trials;

namespace RaftTrials;

/// <summary>The command line: the trials, and the hidden command of the load processes that they start.</summary>
internal static class CommandLine
{
    private static readonly Option<int?> Rounds = new("--rounds")
    {
        Description = "Number of rounds of each trial. Default: each trial has its own number.",
        HelpName = "n",
    };

    private static readonly Option<int?> Seconds = new("--seconds")
    {
        Description = "The time in which the trial 'clients' kills leaders (default: 300), or 'hostile' attacks (default: 20).",
        HelpName = "n",
    };

    private static readonly Option<string?> Attack = new("--attack")
    {
        Description = "Run only those attacks of 'hostile' whose name contains this text.",
        HelpName = "text",
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

    private static readonly Option<int> Port = new("--port")
    {
        Description = "The first port of the servers.",
        DefaultValueFactory = _ => 4490,
        HelpName = "n",
    };

    public static RootCommand Build()
    {
        var root = new RootCommand(
            "Runs raft servers as processes under load; kills, freezes, partitions and replaces them; then checks all answers against the "
            + "log. Prints a line for each trial. Exit code 0: all held; 1: one failed, or cannot run on this machine.")
        {
            Rounds, Seconds, Attack, Only, Port, CanRun, LoadCommand.Build(), MemberCommand.Build(),
        };
        root.SetAction((parsed, _) => TrialRunner.Run(
            AllTrials.List,
            parsed.GetValue(Only),
            parsed.GetValue(CanRun),
            work => new Trial(work, parsed.GetValue(Port), parsed.GetValue(Rounds), parsed.GetValue(Seconds))
            {
                Attack = parsed.GetValue(Attack) ?? "",
            }));
        return root;
    }
}
