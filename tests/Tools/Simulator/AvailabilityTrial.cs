namespace RaftActors.Simulator;

/// <summary>
/// Measures the share of the time in which a group commits while its nodes are lost and repaired. The losses of a seed are the same with a
/// quorum that heals and with a fixed one. All checks of the simulation are on.
/// </summary>
internal static class AvailabilityTrial
{
    public const int Nodes = 7;

    // A tick of 50 ms takes 1000 microseconds of the simulation.
    private const long Second = 20_000;
    private const long Minute = 60 * Second;

    /// <summary>Mean time until a running node is lost, mean time of its repair, and the time of a seed.</summary>
    public static readonly TimeSpan Up = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan Down = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan Length = TimeSpan.FromHours(2);

    /// <summary>Runs one seed.</summary>
    /// <param name="voters">K.</param>
    /// <param name="length">The time with losses.</param>
    /// <exception cref="Violation">A check failed.</exception>
    public static AvailabilityCount Run(ulong seed, int voters, bool keepsQuorum, TimeSpan length)
    {
        var end = Minute + ((long)length.TotalSeconds * Second);
        var simulation = new Simulation(GroupPlan.Steady(seed, Nodes, voters, keepsQuorum, end), default);
        var (up, down) = ((long)Up.TotalSeconds * Second, (long)Down.TotalSeconds * Second);
        simulation.Lose(NodeLoss.Draw(seed, Nodes, Minute, end, up, down), Minute, Second);
        try
        {
            simulation.Run();
        }
        catch (Violation violation)
        {
            throw new Violation(violation.Checker, $"seed {seed}, K = {voters}, quorum.keep {keepsQuorum}: {violation.Message}");
        }

        // The founding is the first change of voters.
        return new AvailabilityCount(simulation.Intervals, simulation.IntervalsWithCommit, simulation.Totals.VoterChanges - 1);
    }

    /// <summary>
    /// Runs seeds with three and with five voters, each with a quorum that heals and with a fixed one. Prints the sums.
    /// </summary>
    /// <returns>The exit code: 0, or 1 after a violation or if the fixed quorum commits as much of the time.</returns>
    public static int Run(ulong first, ulong last, int jobs, TextWriter output)
    {
        var seeds = last - first + 1;
        output.WriteLine($"{Nodes} nodes; each is lost {Up.TotalMinutes} min after its start on average, and repaired after "
            + $"{Down.TotalMinutes} min; {seeds} seeds of {Length.TotalHours} h; a probe each second");
        foreach (var voters in new[] { 3, 5 })
        {
            try
            {
                var @fixed = Sum(first, last, jobs, voters, keepsQuorum: false);
                var healing = Sum(first, last, jobs, voters, keepsQuorum: true);
                output.WriteLine($"{voters} voters, fixed:   {@fixed}");
                output.WriteLine($"{voters} voters, healing: {healing}");
                var ratio = (double)@fixed.Without / Math.Max(1, healing.Without);
                output.WriteLine($"{voters} voters: {ratio:F1} times as long without a commit if the quorum is fixed");
                if (healing.WithCommit <= @fixed.WithCommit)
                {
                    output.WriteLine("FAILED: a quorum that heals commits in no more of the time");
                    return 1;
                }
            }
            catch (AggregateException failed) when (failed.GetBaseException() is Violation violation)
            {
                output.WriteLine($"FAILED: {violation.Checker}: {violation.Message}");
                return 1;
            }
        }

        output.WriteLine("nothing was violated");
        return 0;
    }

    private static AvailabilityCount Sum(ulong first, ulong last, int jobs, int voters, bool keepsQuorum)
    {
        var all = new AvailabilityCount[last - first + 1];
        var options = new ParallelOptions { MaxDegreeOfParallelism = jobs };
        Parallel.For(0, all.Length, options, i => all[i] = Run(first + (ulong)i, voters, keepsQuorum, Length));
        return all.Aggregate((one, other) => one + other);
    }
}
