using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Core;

namespace RaftActors.Cli;

/// <summary>The commands, and the options that several of them have.</summary>
internal static class CommandLine
{
    public static RootCommand Build(Surroundings surroundings) => new(
        """
        Looks after the durable logs of raft processes, while these are stopped. Nothing is ever deleted: what has to make room is moved
        aside, into the same directory.

        Exit codes:
          0    it is done, and nothing is wrong; a torn end of the last write is nothing wrong
          1    something is wrong with the data, or it could not be done: one line on standard error says what, and what to do
          2    the command is wrong
          130  Ctrl-C
        """)
    {
        new Command("log", "Shows, checks and repairs the log of a directory.")
        {
            DumpCommand.Build(surroundings),
            VerifyCommand.Build(surroundings),
            RepairCommand.Build(surroundings),
        },
        RecoverCommand.Build(surroundings),
    };

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
