using System.CommandLine.Parsing;

namespace RaftActors.Cli.Terminal;

/// <summary>The options that several commands share.</summary>
internal static class SharedOptions
{
    public static Option<string> Data() => new("--data")
    {
        Description = "The data directory, which contains 'log' and 'snapshots'.",
        HelpName = "dir",
        Required = true,
        Validators = { DemandPath },
    };

    public static Option<bool> AllowSharedDirectory() => new("--allow-shared-directory")
    {
        Description = "Accept a data directory that other users can write to. They could replace the log.",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print one JSON object per line. The README lists the members." };

    public static Option<bool> Yes() => new("--yes") { Description = "Do not ask for confirmation. For scripts." };

    public static Option<long?> Number(string name, string value, string description, long min = 0, long max = long.MaxValue) => new(name)
    {
        Description = description,
        HelpName = value,
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<long?>() is { } given && (given < min || given > max))
                {
                    result.AddError($"{name} must be {(max == long.MaxValue ? $"{min} or more" : $"from {min} to {max}")}");
                }
            },
        },
    };

    public static Option<string?> Group() => new("--group") { Description = "Only the stores of this group.", HelpName = "name" };

    public static Option<ProcessName?> Process() => new("--process")
    {
        Description = "Only the store of this process: raft1@node1@localhost.",
        HelpName = "name",
        CustomParser = result =>
        {
            var names = ParseNames(result);
            if (names is [var one])
            {
                return one;
            }

            if (names is not null)
            {
                var given = result.Tokens[0].Value;
                result.AddError($"'{given}' is not the name of one process: write NAME@NODE, such as raft1@node1@localhost");
            }

            return null;
        },
    };

    /// <summary>Refuses an empty path, which a script gives by a variable that is not set.</summary>
    public static void DemandPath(SymbolResult result)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError("'' is no path: name a file or a directory");
        }
    }

    /// <summary>The items of a list, without the spaces around them and without empty ones.</summary>
    public static string[] ListOf(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <returns>Null if a name is malformed, which is reported.</returns>
    public static ProcessName[]? ParseNames(ArgumentResult result)
    {
        try
        {
            return [.. ListOf(result.Tokens[0].Value).Select(name => new ProcessName(name))];
        }
        catch (FormatException e)
        {
            result.AddError(e.Message);
            return null;
        }
    }
}
