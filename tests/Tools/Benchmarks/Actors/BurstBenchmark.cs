namespace RaftActors.Benchmarks.Actors;

/// <summary>
/// One actor makes all its calls at once. Time should grow in proportion to the number of calls. No heartbeat should wait so long that the
/// leader is deposed, and every outcome should be definite.
/// </summary>
internal static class BurstBenchmark
{
    public static void Run(BurstArguments arguments)
    {
        using var sink = arguments.Listens ? new MetricSink() : null;
        Console.WriteLine("     calls        ms  us/call  CPU us  garbage  elections      done  unknown  not committed or failed");
        foreach (var count in arguments.Counts)
        {
            Run(arguments, count);
        }
    }

    private static void Run(BurstArguments arguments, int count)
    {
        using var group = new BenchmarkGroup(arguments.Directory is { } directory ? Path.Combine(directory, $"{count}") : null);
        Task.WaitAll([.. group.Ready]);
        var leader = group.FindLeader();
        var actor = group.Actors[arguments.AreQueries ? (leader + 1) % 3 : leader];
        object burst = arguments.AreQueries
            ? new BenchmarkActor.Query(count)
            : new BenchmarkActor.Append(count, new byte[arguments.ValueSize]);
        var ended = new TaskCompletionSource<Outcomes>();
        var counter = group.System.ActorOf(Props.Create(() => new Counter(count, ended)));
        var elections = BenchmarkActor.Elections;
        var (cpu, garbage) = (Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes());
        var watch = Stopwatch.StartNew();
        actor.Tell(burst, counter);
        var (done, unknown, failed) = ended.Task.Result;
        var milliseconds = watch.Elapsed.TotalMilliseconds;
        var time = FormattableString.Invariant($"{count,10}{milliseconds,10:F0}{1000 * milliseconds / count,9:F1}");
        cpu = Environment.CpuUsage.TotalTime - cpu;
        garbage = (GC.GetTotalAllocatedBytes() - garbage) / count;
        var cost = FormattableString.Invariant($"{cpu.TotalMicroseconds / count,8:F1}{garbage,9}");
        Console.WriteLine($"{time}{cost}{BenchmarkActor.Elections - elections,11}{done,10}{unknown,9}{failed,25}");
    }

    private sealed record Outcomes(int Done, int Unknown, int Failed);

    private sealed class Counter : ReceiveActor
    {
        private int _done;
        private int _unknown;
        private int _failed;

        public Counter(int count, TaskCompletionSource<Outcomes> ended)
        {
            ReceiveAny(outcome =>
            {
                switch (outcome)
                {
                    case Outcome<object?> { Failure: null }:
                        _done++;
                        break;
                    case Outcome<object?> { Failure.Kind: FailureKind.Unknown }:
                        _unknown++;
                        break;
                    default:
                        _failed++;
                        break;
                }

                if (_done + _unknown + _failed == count)
                {
                    ended.SetResult(new Outcomes(_done, _unknown, _failed));
                }
            });
        }
    }
}
