using System.CommandLine.Parsing;

namespace RaftActors.Cli.Terminal;

/// <summary>What a user may have meant by a word that the program does not know.</summary>
internal static class Suggestion
{
    /// <summary>Describes the word, and names the nearest one, or all commands in its place.</summary>
    public static string Of(string word, CommandResult result)
    {
        var command = result.Command;
        var known = command.Subcommands.Where(each => !each.Hidden).Select(each => each.Name)
            .Concat(command.Options.Where(each => !each.Hidden).Select(each => each.Name))
            .ToList();
        var nearest = known.MinBy(name => Distance(word, name)) ?? "";
        var remedy = Distance(word, nearest) <= Math.Min(2, word.Length / 3) ? $" Did you mean '{nearest}'?"
            : command is not RootCommand && command.Subcommands.Any()
                ? $" The commands of '{command.Name}' are {string.Join(", ", command.Subcommands.Select(each => each.Name))}."
            : "";
        return $"Unrecognized command or argument '{word}'.{remedy}";
    }

    // The Levenshtein distance: the number of letters to insert, delete or replace.
    private static int Distance(string from, string to)
    {
        var row = Enumerable.Range(0, to.Length + 1).ToArray();
        for (var i = 0; i < from.Length; i++)
        {
            (var diagonal, row[0]) = (row[0], i + 1);
            for (var j = 0; j < to.Length; j++)
            {
                (diagonal, row[j + 1]) = (row[j + 1], Math.Min(diagonal + (from[i] == to[j] ? 0 : 1), 1 + Math.Min(row[j], row[j + 1])));
            }
        }

        return row[to.Length];
    }
}
