using Xunit.Abstractions;

namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary>
/// Cuts the power after the operations of a life, in all the ways of the model. Recovery must find every acknowledged write, and no write
/// that was not asked for. The store must be writable afterwards, and survive a second cut during that.
/// </summary>
public sealed class CrashPointTests(ITestOutputHelper output)
{
    private const int Steps = 80;
    private const int AgainEvery = 500;

    // Prime, so that the places are in other parts of a batch each time.
    private static readonly int Every = Share.Of(test: 13, ci: 3, whole: 1);

    [Fact]
    public void Power_cut_at_any_operation_keeps_every_acknowledged_write()
    {
        var lives = Share.Of(test: 4, ci: 4, whole: 100);
        var steps = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var tried = new Tally();
        Parallel.For(1, lives + 1, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(2, Environment.ProcessorCount) }, seed =>
        {
            var run = Live(seed);
            TryAll(run, seed, tried);
            lock (steps)
            {
                foreach (var (step, count) in run.AllSteps().Append(new("move", run.Moves())))
                {
                    steps[step] = steps.GetValueOrDefault(step) + count;
                }
            }
        });

        output.WriteLine($"{lives} lives, {tried.First} states found after a cut, {tried.Second} after a second one");
        output.WriteLine(string.Join(", ", steps.Select(step => $"{step.Value} x {step.Key}")));
        Assert.True(tried.First >= 2000 * lives / Every, $"Only {tried.First} states were tried in {lives} lives.");
        Assert.True(tried.Second >= 500 * lives / Every, $"Only {tried.Second} states were tried after a second cut.");
        string[] all =
        [
            "append", "vote", "replace", "save", "discard", "first piece", "install that keeps the log", "install that does not", "seal",
            "close",
        ];
        Assert.Empty(all.Except(steps.Keys));
        Assert.True(steps["move"] > 0, "No entries of a quiet store were moved.");
    }

    /// <summary>A life without a cut. The cuts are made between its operations.</summary>
    private static CrashRun Live(int seed)
    {
        var run = CrashRun.New();
        run.Open();
        run.Work(new Random(seed), steps: Steps, canClose: true);
        run.WriteQueued();
        return run;
    }

    private static void TryAll(CrashRun life, int seed, Tally tried)
    {
        var seen = new HashSet<string>();
        var (place, count) = (-1, 0);
        foreach (var cut in life.Disk.Cuts(few: 48, samples: 12, from: seed % Every, every: Every))
        {
            if (cut.Operations != place)
            {
                seen.Clear();
                place = cut.Operations;
            }

            if (seen.Add(cut.Found.Fingerprint()))
            {
                Interlocked.Increment(ref tried.First);
                var next = Recover(life, cut, $"life {seed}, {cut}");
                if (++count % AgainEvery == 0)
                {
                    TryAgain(next, $"life {seed}, {cut}", tried);
                }
            }
        }
    }

    /// <summary>Cuts the power a second time, during recovery and a few writes.</summary>
    private static void TryAgain(CrashRun life, string story, Tally tried)
    {
        var seen = new HashSet<string>();
        foreach (var cut in life.Disk.Cuts(few: 12, samples: 4).Where(cut => seen.Add($"{cut.Operations} {cut.Found.Fingerprint()}")))
        {
            Interlocked.Increment(ref tried.Second);
            Recover(life, cut, $"{story}\nand then {cut}");
        }
    }

    /// <summary>Opens the store, writes a little, closes it, and opens it again.</summary>
    internal static CrashRun Recover(CrashRun life, PowerCut cut, string story)
    {
        try
        {
            var run = new CrashRun(new ModelDisk(cut.Found), life.After(cut.Operations));
            run.Open();
            run.Work(new Random(cut.Operations), steps: 6, canClose: false);
            run.WriteQueued();
            run.Close();
            run.Open();
            return run;
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{story}\n{e.Message}\nOperations before it:\n{Operations(life.Disk, cut.Operations)}", e);
        }
    }

    private static string Operations(ModelDisk disk, int until) => string.Join(
        '\n', disk.Operations.Take(until).Select((operation, i) => $"  {i} {operation}").TakeLast(30));

    private sealed class Tally
    {
        public int First;
        public int Second;
    }
}
