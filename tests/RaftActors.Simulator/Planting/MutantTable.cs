using System.Diagnostics;

namespace RaftActors.Simulator;

/// <summary>Plants each bug and prints the first seed and the checker that find it.</summary>
internal static class MutantTable
{
    /// <param name="folder">Below the folder of all bugs.</param>
    /// <param name="name">Runs the bugs with this text in their names; null: all.</param>
    public static int Run(string folder, Func<string, MutantCompiler> compilerOf, string? name, ulong first, ulong last, int jobs)
    {
        var root = MutantCompiler.FindRoot();
        var mutants = Mutant.ReadAll(Path.Combine(root, "tests", "RaftActors.Simulator", "mutants", folder));
        mutants.RemoveAll(mutant => name is not null && !mutant.Name.Contains(name, StringComparison.Ordinal));
        var compiler = compilerOf(root);
        var lines = new string[mutants.Count];
        var (missed, next) = (0, -1);

        void Work()
        {
            for (var at = Interlocked.Increment(ref next); at < mutants.Count; at = Interlocked.Increment(ref next))
            {
                var found = Report(compiler, mutants[at], first, last, out lines[at]);
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

    private static bool Report(MutantCompiler compiler, Mutant mutant, ulong first, ulong last, out string line)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            var found = compiler.Run(mutant, first, last);
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
