using System.Diagnostics;

using RaftActors.Testing.Simulation;

namespace RaftActors.Simulator.Actors;

/// <summary>Runs many seeds of simulated actors, several at a time. Seeds share no state.</summary>
internal sealed class ActorBatch(ulong first, ulong last, string? workload, int? seconds, bool isDoubled, TextWriter output)
{
    private const int FailuresMax = 20;

    private readonly Lock _lock = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private ulong _next = first;
    private int _failures;
    private long _seeds;
    private long _pairs;
    private long _messages;
    private long _faults;
    private TimeSpan _simulated;
    private ulong _traces;

    /// <summary>Runs one seed.</summary>
    /// <param name="workload">Its name; null: the seed decides.</param>
    /// <param name="traces">Writes each event. If the seed fails, it is not run again with fewer faults.</param>
    public static int RunOne(ulong seed, string? workload, bool traces, TextWriter output)
    {
        try
        {
            var result = traces
                ? ActorWorkloads.RunOnce((long)seed, workload, output)
                : ActorWorkloads.Run((long)seed, workload);
            output.WriteLine($"seed {seed} holds: {result.Pairs} pairs, {result.Messages} messages, {result.Faults} faults; "
                + $"trace {result.Hash:x16}");
            return 0;
        }
        catch (SimulationException failure)
        {
            output.WriteLine(failure.Message);
            return 1;
        }
    }

    /// <param name="workload">Its name; null: the seed decides.</param>
    /// <param name="seconds">No seed starts after this number of seconds; null: all start.</param>
    /// <param name="isDoubled">Runs each seed twice; otherwise one in ten.</param>
    public static int Run(
        ulong first, ulong last, string? workload, int? seconds, int jobs, bool isDoubled, TextWriter output) =>
        new ActorBatch(first, last, workload, seconds, isDoubled, output).Run(jobs);

    private int Run(int jobs)
    {
        var threads = Enumerable.Range(0, jobs).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        output.WriteLine($"{_seeds} seeds, {_pairs} pairs, {_messages} messages, {_faults} faults, "
            + $"{_simulated.TotalMinutes:F0} simulated minutes in {_clock.Elapsed.TotalSeconds:F1} s; traces {_traces:x16}");
        output.WriteLine(_failures == 0 ? "nothing was violated" : $"{_failures} seeds FAILED");
        return _failures == 0 ? 0 : 1;
    }

    private void Work()
    {
        while (Next() is { } seed)
        {
            try
            {
                var result = ActorWorkloads.Run((long)seed, workload);
                if (isDoubled && ActorWorkloads.Run((long)seed, workload) is var second && second != result)
                {
                    Fail(seed, $"Seed {seed} fails: its runs differ: {result} and {second}");
                }

                Count(result);
            }
            catch (SimulationException failure)
            {
                Fail(seed, failure.Message);
            }
        }
    }

    private ulong? Next()
    {
        lock (_lock)
        {
            var isOver = _next > last || _failures >= FailuresMax || _clock.Elapsed.TotalSeconds > seconds;
            return isOver ? null : _next++;
        }
    }

    private void Count(SimulationResult result)
    {
        lock (_lock)
        {
            _seeds++;
            _pairs += result.Pairs;
            _messages += result.Messages;
            _faults += result.Faults;
            _simulated += result.Lasted;

            // Equal in each run of the same seeds, in any order.
            _traces ^= result.Hash;
        }
    }

    private void Fail(ulong seed, string message)
    {
        lock (_lock)
        {
            _failures++;
            output.WriteLine(message);
            output.WriteLine($"  repeat: --actors --seed {seed}{(workload is null ? "" : $" --workload {workload}")}");
        }
    }
}
