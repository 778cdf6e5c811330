namespace RaftActors.Simulator;

/// <summary>A bug to plant: lines of Core's source, and what comes in their place.</summary>
/// <param name="Name">Short.</param>
/// <param name="Breaks">What it breaks, in a sentence.</param>
/// <param name="Patches">Where and what.</param>
internal sealed record Mutant(string Name, string Breaks, List<LinePatch> Patches)
{
    /// <summary>All of a folder of text files, in the order of the files.</summary>
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
                        mutants.Add(new Mutant(line[3..], "", []));
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

/// <summary>One line of a source file, without what it is indented by.</summary>
internal sealed record LinePatch(string File, string Before, string After)
{
    /// <exception cref="InvalidDataException">The line is not there exactly once: the code has changed, and the mutant has to.</exception>
    public string Apply(string text)
    {
        var lines = text.Split('\n');
        var places = Enumerable.Range(0, lines.Length).Where(i => lines[i].Trim() == Before).ToList();
        if (places is not [var place])
        {
            throw new InvalidDataException($"{File} has this line {places.Count} times and not once: {Before}");
        }

        lines[place] = After;
        return string.Join('\n', lines);
    }
}
