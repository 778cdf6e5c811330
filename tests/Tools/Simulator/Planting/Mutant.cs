namespace RaftActors.Simulator;

/// <summary>A bug to plant: lines of Core's source, and their replacements.</summary>
/// <param name="Name">A short name, unique in its folder.</param>
/// <param name="Breaks">A sentence about its effect.</param>
/// <param name="Patches">The changed lines.</param>
public sealed record Mutant(string Name, string Breaks, List<LinePatch> Patches)
{
    /// <summary>The code as it is.</summary>
    public static Mutant None { get; } = new("no bug", "Nothing.", []) { Origin = "" };

    /// <summary>The path of the file that holds it.</summary>
    public required string Origin { get; init; }

    /// <summary>Reads all bugs from the text files of a folder, in the order of the file names.</summary>
    public static List<Mutant> ReadAll(string folder)
    {
        var mutants = new List<Mutant>();
        foreach (var file in Directory.GetFiles(folder, "*.txt").Order(StringComparer.Ordinal))
        {
            var source = "";
            foreach (var line in File.ReadLines(file))
            {
                switch (line)
                {
                    case ['=', '=', ' ', ..]:
                        mutants.Add(new Mutant(line[3..], "", []) { Origin = file });
                        break;
                    case ['i', 'n', ' ', ..] when line.EndsWith(".cs", StringComparison.Ordinal):
                        source = line[3..];
                        break;
                    case ['-', ' ', ..]:
                        mutants[^1].Patches.Add(new LinePatch(source, line[2..], ""));
                        break;
                    case ['+', ' ', ..]:
                        mutants[^1].Patches[^1] = mutants[^1].Patches[^1] with { After = line[2..] };
                        break;
                    case not "" when mutants.Count > 0 && mutants[^1].Breaks.Length == 0:
                        mutants[^1] = mutants[^1] with { Breaks = line };
                        break;
                }
            }
        }

        return mutants;
    }
}

/// <summary>A replacement of one line of a source file, compared without its indentation.</summary>
public sealed record LinePatch(string File, string Before, string After)
{
    /// <exception cref="InvalidDataException">The line does not occur exactly once. Adapt the mutant to the changed code.</exception>
    public string Apply(string text)
    {
        var lines = text.Split('\n');
        var places = Enumerable.Range(0, lines.Length).Where(i => lines[i].Trim() == Before).ToList();
        if (places is not [var place])
        {
            throw new InvalidDataException($"{File} has this line {places.Count} times instead of once; adapt the mutant: {Before}");
        }

        lines[place] = After;
        return string.Join('\n', lines);
    }
}
