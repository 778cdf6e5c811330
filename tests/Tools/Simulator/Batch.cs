using System.Diagnostics;

namespace RaftActors.Simulator;

/// <summary>The seeds of a batch, and the settings for all of them.</summary>
internal sealed record BatchSettings(ulong First, ulong Last, FaultSet Faults, int? Seconds, int Jobs, bool Twice, DiskMaker? Disks)
{
    /// <summary>Prints how often features met.</summary>
    public bool Pairs { get; init; }
}

/// <summary>Runs many seeds, several at a time. Seeds share no state.</summary>
internal sealed class Batch(BatchSettings settings)
{
    private const int FailuresMax = 20;
    private const int TwiceEvery = 50;
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly Totals _totals = new();
    private readonly List<SeedResult> _failures = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private TimeSpan _busy;
    private TimeSpan _progressAt = ProgressEvery;
    private ulong _next = settings.First;

    public static int Run(BatchSettings settings) => new Batch(settings).Run(Console.Out, Console.Error);

    private int Run(TextWriter output, TextWriter progress)
    {
        var threads = Enumerable.Range(0, settings.Jobs).Select(_ => new Thread(() => Work(progress))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        foreach (var failure in _failures.OrderBy(failure => failure.Seed).Take(3))
        {
            OneSeed.Report(failure, settings.Faults, settings.Disks, output);
        }

        foreach (var failure in _failures.OrderBy(failure => failure.Seed).Skip(3))
        {
            output.WriteLine($"seed {failure.Seed} FAILS: {failure.Violation!.Checker}: {failure.Violation.Message.Split('\n')[0]}");
        }

        output.WriteLine($"{_totals}; {_totals.Messages / Math.Max(0.001, _busy.TotalSeconds):F0} messages a second on each core, "
            + $"{_clock.Elapsed.TotalSeconds:F1} s");
        if (settings.Pairs)
        {
            output.WriteLine(_totals.Meetings);
        }

        output.WriteLine(_failures.Count == 0 ? "nothing was violated" : $"{_failures.Count} seeds FAILED");
        return _failures.Count == 0 ? 0 : 1;
    }

    private void Work(TextWriter progress)
    {
        while (Next() is { } seed)
        {
            var start = _clock.Elapsed;
            var isDoubled = settings.Twice || seed % TwiceEvery == 0;
            var result = isDoubled
                ? SeedResult.Twice(seed, settings.Faults, settings.Disks, settings.Pairs)
                : SeedResult.Of(seed, settings.Faults, disks: settings.Disks, countsFeatures: settings.Pairs);
            lock (_lock)
            {
                _busy += (_clock.Elapsed - start) / (isDoubled ? 2 : 1);
                _totals.Add(result.Totals);
                if (result.Violation is not null)
                {
                    _failures.Add(result);
                    progress.WriteLine($"seed {seed} fails: {result.Violation.Message.Split('\n')[0]}");
                }

                if (_clock.Elapsed > _progressAt)
                {
                    _progressAt = _clock.Elapsed + ProgressEvery;
                    progress.WriteLine($"{_clock.Elapsed.TotalSeconds:F0} s: {_totals}; {_failures.Count} failed");
                }
            }
        }
    }

    private ulong? Next()
    {
        lock (_lock)
        {
            var isOver = _next > settings.Last || _failures.Count >= FailuresMax
                || (settings.Seconds is { } seconds && _clock.Elapsed.TotalSeconds > seconds);
            return isOver ? null : _next++;
        }
    }
}
