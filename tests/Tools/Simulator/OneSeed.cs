namespace RaftActors.Simulator;

/// <summary>Runs one seed and reports it in full.</summary>
internal static class OneSeed
{
    public static int Run(ulong seed, FaultSet faults, int[]? only, bool traces, DiskMaker? disks, TextWriter output)
    {
        var result = SeedResult.Of(seed, faults, only?.ToHashSet(), traces ? output : null, disks);
        if (result.Violation is not { } violation)
        {
            output.WriteLine($"seed {seed} holds: {result.Totals}; trace {result.TraceHash:x16}");
            return 0;
        }

        if (only is null)
        {
            Report(result, faults, disks, output);
        }
        else
        {
            output.WriteLine(Headline(result, violation));
        }

        return 1;
    }

    public static void Report(SeedResult result, FaultSet faults, DiskMaker? disks, TextWriter output) => Report(
        result,
        faults,
        disks,
        output,
        events => SeedResult.Of(result.Seed, faults, events.Select(one => one.Number).ToHashSet(), null, disks).Violation?.Checker
            == result.Violation!.Checker);

    /// <summary>Writes the violation, the command that repeats it, and the shortest schedule that was found.</summary>
    public static void Report(
        SeedResult result, FaultSet faults, DiskMaker? disks, TextWriter output, Predicate<List<FaultEvent>> stillFails)
    {
        var command = $"--seed {result.Seed}{(faults == FaultSet.All ? "" : $" --faults {faults}")}"
            + (disks is null ? "" : " --disk files");
        output.WriteLine(Headline(result, result.Violation!));
        output.WriteLine($"  repeat: {command}");
        var events = Shrinker.Shrink(result.Events, stillFails);
        var numbers = events.Count == 0 ? "0" : string.Join(',', events.Select(one => one.Number));
        output.WriteLine($"  of {result.Events.Count} events these are enough: {command} --only {numbers} --trace");
        events.ForEach(one => output.WriteLine($"    {one}"));
    }

    private static string Headline(SeedResult result, Violation violation) =>
        $"seed {result.Seed} FAILS: {violation.Checker}: {violation.Message}";
}
