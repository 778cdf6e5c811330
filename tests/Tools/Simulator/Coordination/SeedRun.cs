namespace RaftActors.Simulator.Coordination;

/// <summary>The world of one seed.</summary>
internal interface ISeedRun
{
    CoordinationTotals Totals { get; }

    /// <summary>Equal runs have equal hashes.</summary>
    ulong Hash { get; }

    /// <summary>Runs the next event.</summary>
    /// <exception cref="Violation">A property does not hold.</exception>
    void Step();

    /// <summary>The faults have ended, and everything that was begun.</summary>
    bool IsSettled();
}

/// <summary>Runs one seed: programs that lock and write, and then nodes that start.</summary>
internal static class SeedRun
{
    public static CoordinationResult Of(ulong seed, TextWriter? trace = null)
    {
        var programs = Of(seed, () => new CoordinationRun(seed, trace));
        programs.Totals.Seeds = 1;
        if (programs.Violation is not null)
        {
            return programs;
        }

        var starts = Of(seed, () => new StartRun(seed, trace));
        programs.Totals.Add(starts.Totals);
        return programs with { Violation = starts.Violation, Hash = programs.Hash ^ starts.Hash };
    }

    /// <summary>
    /// Runs a seed on the thread pool, which has one thread in this program. The code under test continues there after a cancellation. So
    /// each event ends with all that it has caused before the next one begins, and the order is the same in each run.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pool may have more threads.</exception>
    private static CoordinationResult Of(ulong seed, Func<ISeedRun> begin)
    {
        ThreadPool.GetMaxThreads(out var threads, out _);
        if (threads != 1)
        {
            throw new InvalidOperationException(
                $"The thread pool may have {threads} threads, so no seed could be repeated. Run the program RaftActors.Simulator, whose "
                    + "configuration sets one thread.");
        }

        using var ended = new ManualResetEventSlim();
        ISeedRun? run = null;
        Violation? violation = null;
        ThreadPool.UnsafeQueueUserWorkItem(_ => Continue(), null);
        ended.Wait();
        return new CoordinationResult(seed, violation, run!.Totals, run.Hash); // Justification: Continue has made it.

        void Continue()
        {
            try
            {
                run ??= begin();
                while (ThreadPool.PendingWorkItemCount == 0)
                {
                    if (run.IsSettled())
                    {
                        ended.Set();
                        return;
                    }

                    run.Step();
                }

                // Behind the work that waits.
                ThreadPool.UnsafeQueueUserWorkItem(_ => Continue(), null);
            }
            catch (Exception e)
            {
                violation = e as Violation ?? new Violation("exception", $"{e}");
                ended.Set();
            }
        }
    }

    /// <summary>Runs the seed twice. Two different runs are a violation, since a seed decides everything.</summary>
    public static CoordinationResult Twice(ulong seed)
    {
        var (one, other) = (Of(seed), Of(seed));
        return one.Hash == other.Hash ? one : one with { Violation = new Violation("determinism", "two runs of the same seed differ") };
    }
}

/// <summary>The outcome of one seed. <c>Violation</c> is null if there was none.</summary>
internal sealed record CoordinationResult(ulong Seed, Violation? Violation, CoordinationTotals Totals, ulong Hash);
