using System.Diagnostics;
using System.Text;

namespace RaftActors.Simulator;

/// <summary>
/// Plants each bug of Core, explores the states of a group with it, and prints the shortest schedules that show the bugs.
/// </summary>
internal static class ExhaustiveTable
{
    /// <summary>The bugs, and files of bugs, that need events which no scope has.</summary>
    private static readonly Dictionary<string, string> Outside = new()
    {
        ["divergence.txt"] = "no damaged disks",
        ["eviction.txt"] = "no eviction",
        ["keys.txt"] = "no request keys",
        ["quiescence.txt"] = "no quiescence",
        ["lets a learner vote that lags"] = "voters are not exchanged",
        ["a leader applies its own maximum of the quorum"] = "voters are not exchanged",
        ["a lower maximum keeps all voters"] = "the maximum is not set",
        ["the lease ignores drift"] = "no leases",
        ["the lease begins when the round ends"] = "no leases",
        ["the lease is kept across a transfer"] = "no leases",
        ["takes its own promise for that of its voters"] = "no leases",
        ["a hint lifts the promise"] = "no leases",
        ["votes at once after a start"] = "no leases",
        ["a start keeps the promise of its own settings only"] = "no leases",
        ["a second start forgets the promise"] = "no leases",
        ["the word of a leader shortens a promise"] = "no leases",
        ["the promise ends with the role"] = "no leases",
        ["appends a retry of a forgotten origin"] = "one client",
        ["an origin that returns has forgotten no request"] = "one client",
        ["forgets the most recent origin"] = "one client",
        ["replicates with a whole window after a rejection"] = "no bound on messages",
    };

    /// <param name="name">Explores the bugs with this text in their names; null: all.</param>
    /// <returns>0: a schedule was found for each bug within the bounds; otherwise 1.</returns>
    public static int Run(string? name, int depth, int states, int jobs, TextWriter output)
    {
        var root = MutantCompiler.FindRoot();
        var mutants = Mutant.ReadAll(Path.Combine(root, "tests", "Tools", "Simulator", "mutants"));
        mutants.RemoveAll(mutant => name is not null && !mutant.Name.Contains(name, StringComparison.Ordinal));
        var compiler = MutantCompiler.OfCore(root);
        var reports = new (string Line, string Schedule)[mutants.Count];
        var next = -1;

        void Work()
        {
            for (var at = Interlocked.Increment(ref next); at < mutants.Count; at = Interlocked.Increment(ref next))
            {
                reports[at] = Report(compiler, mutants[at], depth, states);
                Console.Error.WriteLine(reports[at].Line);
            }
        }

        var threads = Enumerable.Range(0, jobs).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        foreach (var (_, schedule) in reports)
        {
            output.Write(schedule);
        }

        output.WriteLine("| planted bug | scope | events | found by |\n|---|---|---|---|");
        Array.ForEach(reports, report => output.WriteLine(report.Line));
        var found = reports.Count(report => report.Schedule.Length > 0);
        var outside = mutants.Count(mutant => WhyOutside(mutant) is not null);
        output.WriteLine($"\n{found} of {mutants.Count - outside} found, {outside} outside of the bounds");
        return found + outside == mutants.Count ? 0 : 1;
    }

    private static string? WhyOutside(Mutant mutant) =>
        Outside.GetValueOrDefault(Path.GetFileName(mutant.Origin)) ?? Outside.GetValueOrDefault(mutant.Name);

    private static (string Line, string Schedule) Report(MutantCompiler compiler, Mutant mutant, int depth, int states)
    {
        if (WhyOutside(mutant) is { } why)
        {
            return ($"| {mutant.Name} | outside: {why} | | |", "");
        }

        var clock = Stopwatch.StartNew();
        if (compiler.Explore(mutant, depth, states) is not var (scope, checker, what, schedule))
        {
            return ($"| {mutant.Name} | none ({clock.Elapsed.TotalSeconds:F0} s) | | |", "");
        }

        var text = new StringBuilder($"{mutant.Name}, {scope}: {checker}: {what}\n");
        for (var i = 0; i < schedule.Length; i++)
        {
            text.Append($"  {i + 1,4}. {schedule[i]}\n");
        }

        return ($"| {mutant.Name} | {scope} | {schedule.Length} | {checker} |", text.Append('\n').ToString());
    }
}
