using System.Diagnostics;

using RaftActors.Simulator.Actors;

namespace RaftActors.Simulator;

/// <summary>
/// Plants each bug and prints the first seed and the checker that find it. Before, a copy without a bug must pass the first seed, because a
/// copy that cannot run would look as if each bug were found.
/// </summary>
internal static class MutantTable
{
    /// <param name="name">Runs the bugs with this text in their names; null: all.</param>
    /// <param name="workload">
    /// Of actors; null: that with the name of the bug's file or folder, or if there is none, the seed decides.
    /// </param>
    /// <param name="parts">Folders below the folder of all bugs, and what compiles the bugs in them.</param>
    public static int Run(
        string? name,
        string? workload,
        ulong first,
        ulong last,
        int jobs,
        params ReadOnlySpan<(string Folder, Func<string, MutantCompiler> CompilerOf)> parts)
    {
        var root = MutantCompiler.FindRoot();
        List<(Lazy<MutantCompiler> Compiler, Mutant Mutant)> mutants = [];
        foreach (var (folder, compilerOf) in parts)
        {
            Lazy<MutantCompiler> compiler = new(() => compilerOf(root));
            mutants.AddRange(Mutant.ReadAll(Path.Combine(root, "tests", "Tools", "Simulator", "mutants", folder))
                .Where(mutant => name is null || mutant.Name.Contains(name, StringComparison.Ordinal))
                .Select(mutant => (compiler, mutant)));
        }

        foreach (var (compiler, at) in mutants.Select(each => (each.Compiler, workload ?? WorkloadOf(each.Mutant))).Distinct())
        {
            if (compiler.Value.Run(Mutant.None, first, first, at) is var (seed, checker, what))
            {
                Console.WriteLine($"FAILED: without a bug seed {seed} of {at ?? "no workload"} is found by {checker}: {what}");
                return 1;
            }
        }

        var lines = new string[mutants.Count];
        var (missed, next) = (0, -1);

        void Work()
        {
            for (var at = Interlocked.Increment(ref next); at < mutants.Count; at = Interlocked.Increment(ref next))
            {
                var (compiler, mutant) = mutants[at];
                var found = Report(compiler.Value, mutant, workload ?? WorkloadOf(mutant), first, last, out lines[at]);
                Interlocked.Add(ref missed, found ? 0 : 1);
                Console.Error.WriteLine(lines[at]);
            }
        }

        var threads = Enumerable.Range(0, jobs).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Console.WriteLine("| planted bug | seeds needed | found by |\n|---|---|---|");
        Array.ForEach(lines, Console.WriteLine);
        Console.WriteLine($"\n{mutants.Count - missed} of {mutants.Count} found");
        return missed == 0 ? 0 : 1;
    }

    private static string? WorkloadOf(Mutant mutant) =>
        Array.Find(
            [Path.GetFileNameWithoutExtension(mutant.Origin), Path.GetFileName(Path.GetDirectoryName(mutant.Origin))!],
            ActorWorkloads.Names.Contains);

    private static bool Report(
        MutantCompiler compiler, Mutant mutant, string? workload, ulong first, ulong last, out string line)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var found = compiler.Run(mutant, first, last, workload);
            line = found is var (seed, checker, what)
                ? $"| {mutant.Name} | {seed} | {checker}{(checker is "invariant" or "exception" ? $": {what.Split('\n')[0]}" : "")} |"
                : $"| {mutant.Name} | **not in {first}..{last}** ({clock.Elapsed.TotalSeconds:F0} s) | |";
            return found is not null;
        }
        catch (InvalidDataException broken)
        {
            line = $"| {mutant.Name} | **cannot be planted** | {broken.Message} |";
            return false;
        }
    }
}
