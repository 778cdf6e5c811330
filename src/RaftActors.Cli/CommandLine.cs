using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;

using RaftActors.Cli.Client;
using RaftActors.Cli.Offline;
using RaftActors.Cli.Server;
using RaftActors.Core;

namespace RaftActors.Cli;

/// <summary>The commands, and the options that several of them have.</summary>
internal static class CommandLine
{
    public static RootCommand Build(CommandEnvironment environment)
    {
        var root = new RootCommand(
            """
            Keeps a log of messages on several servers that agree on it by Raft: runs the servers, asks them, and looks after their logs
            while they are stopped. 'raft VERB --help' says all of a verb. -c, -p, -C, -m and -S without a verb are short forms:

              raft -c LIST -p PORT                    raft server -c LIST -p PORT
              raft -C clientcommand -m TEXT -S LIST   raft append TEXT -S LIST
              raft -C addserver -m :9993 -S LIST      raft members add :9993 -S LIST
              raft -C removeserver -m :9993 -S LIST   raft members remove :9993 -S LIST

            Exit codes:
              0    it is done, and nothing is wrong
              1    it is not done, or something is wrong: a line on standard error says what, and what to do; to ask again is safe
              2    the command is wrong
              3    unknown whether it was done: a line on standard error says how to ask again without having it done twice
              130  Ctrl-C
            """)
        {
            ServerCommand.Build(environment),
            AppendCommand.Build(environment),
            AppendCommand.BuildPrint(environment),
            AppendCommand.BuildCount(environment),
            MembersCommand.Build(environment),
            StatusCommand.Build(environment),
            TransferCommand.Build(environment),
            ExplainCommand.Build(environment),
            new Command("log", "Shows, checks and repairs the log in the directory of a server that is stopped.")
            {
                DumpCommand.Build(environment),
                VerifyCommand.Build(environment),
                RepairCommand.Build(environment),
            },
            RecoverCommand.Build(environment),
        };
        new ShortForms(environment).AddTo(root, environment);
        var help = root.Options.OfType<HelpOption>().Single();
        help.Action = new BriefHelp((HelpAction)help.Action!); // Justification: the option is made with it.
        return root;
    }

    public static Option<string> Data() => new("--data")
    {
        Description = "The directory: the one that has 'log' and 'snapshots' in it.",
        HelpName = "dir",
        Required = true,
    };

    public static Option<bool> Json() => new("--json") { Description = "One JSON object a line; the README says their shape." };

    public static Option<string?> Group() => new("--group") { Description = "Only the stores of this group.", HelpName = "name" };

    public static Option<ProcessName?> Process() => new("--process")
    {
        Description = "Only the store of this process: raft1@node1@localhost.",
        HelpName = "name",
        CustomParser = ParseName,
    };

    public static ProcessName? ParseName(ArgumentResult result)
    {
        var names = ParseNames(result.Tokens[0].Value, result);
        if (names.Length != 1)
        {
            result.AddError($"'{result.Tokens[0].Value}' is not the name of one process");
            return null;
        }

        return names[0];
    }

    public static ProcessName[] ParseNames(ArgumentResult result) => ParseNames(result.Tokens[0].Value, result);

    private static ProcessName[] ParseNames(string text, ArgumentResult result)
    {
        try
        {
            return [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(name => new ProcessName(name))];
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return [];
        }
    }
}
