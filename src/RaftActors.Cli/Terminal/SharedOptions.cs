using System.CommandLine;
using System.CommandLine.Parsing;

using RaftActors.Core;

namespace RaftActors.Cli.Terminal;

/// <summary>The options that several commands share.</summary>
internal static class SharedOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "The data directory, which contains 'log' and 'snapshots'.",
        HelpName = "dir",
        Required = true,
    };

    public static Option<bool> AllowSharedDirectory() => new("--allow-shared-directory")
    {
        Description = "Accept a data directory that other users can write to. They could replace the log.",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object per line. The README lists the members." };

    public static Option<bool> Yes() => new("--yes") { Description = "Do not ask for confirmation. For scripts." };

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
            result.AddError($"'{result.Tokens[0].Value}' is not the name of one process: write NAME@NODE, such as raft1@node1@localhost");
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
