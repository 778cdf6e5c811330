namespace RaftActors.Matrix;

/// <summary>The page for contributors: which bugs are found by which classes, which by none, and which classes no bug needs.</summary>
internal static class Page
{
    private static readonly string[] Kinds = ["unit", "scenario", "seed", "node"];

    public static void Write(string file, List<PlantedBug> bugs, Results results)
    {
        var kills = results.Kills.Where(kill => kill.Class is not null).ToLookup(kill => kill.Bug);
        var runs = results.Kills.ToLookup(kill => kill.Bug);
        using var page = new StreamWriter(file) { NewLine = "\n" };
        page.WriteLine(
            $"""
            # The kill matrix

            RaftActors.Matrix wrote this page on {DateTime.UtcNow:yyyy-MM-dd}. It lists the planted bugs, and for each the cheapest test
            classes that fail with it. [README.md](README.md) says how to run it again. A kind without a class was not run if another kind
            had found the bug before.

            """);
        WriteAssemblies(page, results);
        WriteFolders(page, bugs, kills, runs);
        WriteSurvivors(page, bugs, kills, runs);
        WriteClasses(page, bugs, results);
        page.WriteLine("\n## All bugs\n\n| bug | file | found by |\n|---|---|---|");
        foreach (var bug in bugs.Where(bug => runs.Contains(bug.Name)))
        {
            var found = kills[bug.Name].Select(kill => $"{Short(kill.Class!)} ({kill.Kind}): {Shorten(kill.Tests)}".Replace("<", "&lt;"));
            page.WriteLine($"| {bug.Mutant.Name} | {bug.File["src/".Length..]} | {string.Join("<br>", found)} |");
        }
    }

    /// <summary>Of the classes that reach a bug, those that are the cheapest to find none.</summary>
    public static List<ClassCost> Needless(Results results)
    {
        var needed = results.Kills.Where(kill => kill.Class is not null)
            .GroupBy(kill => kill.Bug)
            .Select(one => one.MinBy(kill => results.Classes.FirstOrDefault(type => type.Class == kill.Class)?.CpuSeconds ?? 0)!.Class)
            .ToHashSet();
        return
        [
            .. results.Classes.Where(one => one.Reached.Count > 0 && !needed.Contains(one.Class)).OrderByDescending(one => one.CpuSeconds),
        ];
    }

    private static void WriteAssemblies(StreamWriter page, Results results)
    {
        page.WriteLine("| assembly | classes | CPU s | bugs that ran | killed | survived |\n|---|---|---|---|---|---|");
        foreach (var one in results.Kills.GroupBy(kill => kill.Assembly))
        {
            var classes = results.Classes.Where(type => type.Assembly == one.Key).ToList();
            var killed = one.Where(kill => kill.Class is not null).DistinctBy(kill => kill.Bug).Count();
            var all = one.DistinctBy(kill => kill.Bug).Count();
            page.WriteLine(FormattableString.Invariant(
                $"| {one.Key} | {classes.Count} | {classes.Sum(type => type.CpuSeconds):F0} | {all} | {killed} | {all - killed} |"));
        }

        var left = CommandLine.Assemblies.Except(results.Kills.Select(kill => kill.Assembly)).ToList();
        page.WriteLine(left.Count == 0 ? "" : $"\nNot run: {string.Join(", ", left)}.");
    }

    private static void WriteFolders(StreamWriter page, List<PlantedBug> bugs, ILookup<string, Kill> kills, ILookup<string, Kill> runs)
    {
        page.WriteLine(
            """

            ## Folders

            | folder of src | bugs | unit | scenario | seed | node | survive | not run |
            |---|---|---|---|---|---|---|---|
            """);
        var folders = bugs.GroupBy(bug => Path.GetDirectoryName(bug.File)!["src/".Length..]);
        foreach (var folder in folders.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var of = Kinds.Select(kind => folder.Count(bug => kills[bug.Name].Any(kill => kill.Kind == kind)));
            var survive = folder.Count(bug => runs.Contains(bug.Name) && !kills.Contains(bug.Name));
            var open = folder.Count(bug => !runs.Contains(bug.Name));
            page.WriteLine($"| {folder.Key} | {folder.Count()} | {string.Join(" | ", of)} | {survive} | {open} |");
        }
    }

    private static void WriteSurvivors(StreamWriter page, List<PlantedBug> bugs, ILookup<string, Kill> kills, ILookup<string, Kill> runs)
    {
        page.WriteLine("\n## Survivors\n\nNo class that ran fails with these bugs.\n\n| bug | effect | file | ran |\n|---|---|---|---|");
        foreach (var bug in bugs.Where(bug => runs.Contains(bug.Name) && !kills.Contains(bug.Name)))
        {
            var ran = runs[bug.Name].Select(run => $"{run.Assembly}: {run.Tests.Replace("|", "\\|")}");
            page.WriteLine($"| {bug.Mutant.Name} | {bug.Mutant.Breaks} | {bug.File["src/".Length..]} | {string.Join("<br>", ran)} |");
        }
    }

    private static void WriteClasses(StreamWriter page, List<PlantedBug> bugs, Results results)
    {
        page.WriteLine(
            """

            ## Classes without a bug of their own

            These classes reach bugs, and for each bug that they might find a cheaper class finds it, or they do not find it. The bugs are a
            sample: such a class may still be the only one that finds another bug.

            | class | kind | lines | CPU s | bugs reached | of them found by no class |
            |---|---|---|---|---|---|
            """);
        var known = bugs.ToDictionary(bug => bug.Name);
        var killed = results.Kills.Where(kill => kill.Class is not null).Select(kill => kill.Bug).ToHashSet();
        foreach (var one in Needless(results))
        {
            var open = one.Reached.Select(name => name.TrimEnd('!')).Count(name => known.ContainsKey(name) && !killed.Contains(name));
            page.WriteLine(FormattableString.Invariant(
                $"| {one.Class} | {one.Kind} | {one.Lines} | {one.CpuSeconds:F2} | {one.Reached.Count} | {open} |"));
        }
    }

    private static string Short(string type) => type[(type.LastIndexOf('.') + 1)..];

    private static string Shorten(string tests) => tests.Length <= 160 ? tests : $"{tests[..160]}...";
}
