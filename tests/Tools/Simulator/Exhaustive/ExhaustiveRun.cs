namespace RaftActors.Simulator.Exhaustive;

/// <summary>Explores scopes and prints the counts, or the shortest schedule to a violation.</summary>
internal static class ExhaustiveRun
{
    /// <param name="name">The scope; null: all.</param>
    /// <returns>0 if all held, otherwise 1; 2 for an unknown scope.</returns>
    public static int Run(string? name, ExplorerBounds bounds, TextWriter output)
    {
        var scopes = Scope.All.Where(scope => name is null || scope.Name == name).ToList();
        if (scopes.Count == 0)
        {
            var known = string.Join(", ", Scope.All.Select(scope => scope.Name));
            Console.Error.WriteLine($"There is no scope '{name}'. The scopes are: {known}.");
            return 2;
        }

        return scopes.TrueForAll(scope => Explore(scope, bounds, output)) ? 0 : 1;
    }

    private static bool Explore(Scope scope, ExplorerBounds bounds, TextWriter output)
    {
        output.WriteLine($"{scope.Name}: {scope.About}");
        var explorer = new Explorer(scope, bounds);
        var found = explorer.Run();
        output.WriteLine(
            $"  {explorer.States} states ({explorer.StatesWithRenamed} with those that differ by a renaming), {explorer.Steps} steps, "
            + $"{(explorer.IsWhole ? "all states" : "all schedules")} up to {explorer.Depth} events; "
            + $"{explorer.LocalStates} states of a process, {explorer.LocalSteps} steps of Core, {explorer.Messages} messages; "
            + $"{explorer.Elapsed.TotalSeconds:F1} s");
        if (found is not var (violation, schedule))
        {
            output.WriteLine("  nothing was violated");
            return true;
        }

        output.WriteLine($"  VIOLATED: {violation.Checker}: {violation.Message}");
        for (var i = 0; i < schedule.Count; i++)
        {
            output.WriteLine($"  {i + 1,4}. {schedule[i]}");
        }

        return false;
    }
}
