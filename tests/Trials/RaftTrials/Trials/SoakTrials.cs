using RaftTrials.Clients;

namespace RaftTrials.Trials;

/// <summary>Three nodes with a state that does not grow, for a long time. Their use of the machine must not grow either.</summary>
internal static class SoakTrials
{
    private const int Nodes = 3;
    private const int UsualSeconds = 1200;
    private const int Callers = 8;
    private const int Keys = 500;
    private const int ValueSize = 100;

    /// <summary>The most that anything may grow in an hour: a tenth of its median.</summary>
    private const double GrowthMax = 0.1;

    // The log turns over many times in a run. A snapshot comes when the log is half as long as the last one, about each 90 seconds.
    private const string Hocon =
        """
        raft.store.segment-size = 1MiB
        raft.snapshot.after-entries = 200
        raft.log-memory-max = 256kB
        """;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // So many clients come that each bounded memory of them is full before the second half begins. The largest has 4,000 (FrameWriter).
    private static readonly TimeSpan Visit = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(1);

    // Half of it has some windows of Growth.
    private static readonly TimeSpan TimeMin = TimeSpan.FromMinutes(15);

    // The leader is frozen at every second sample: once in a minute.
    private const int FrozenEach = 2;

    /// <summary>
    /// A steady load; clients come one by one, append, query, subscribe and go; each minute the leader is frozen for a second. In
    /// the second half of the time nothing that the nodes and the clients use may grow.
    /// </summary>
    public static async Task<string> Flat(Trial trial)
    {
        var time = trial.Seconds(UsualSeconds);
        TrialFailure.Unless(time >= TimeMin, $"a soak of {time} shows no slope: give --seconds {TimeMin.TotalSeconds} or more");
        var (nodes, elections) = trial.Members(Nodes);
        foreach (var node in nodes)
        {
            node.Arguments = [.. node.Arguments, "--program", UserPrograms.Latest, "--hocon", Hocon];
            node.Start();
        }

        await elections.After(0);
        using CancellationTokenSource stop = new();
        var load = new SteadyLoad([.. nodes.Select(node => node.NodeName)]);
        var running = load.Run(stop.Token);
        var began = Stopwatch.GetTimestamp();
        Dictionary<(string Process, string Measure), List<(TimeSpan At, double Value)>> samples = [];
        for (var round = 1; Stopwatch.GetElapsedTime(began) < time; round++)
        {
            await Task.WhenAny(running, Task.Delay(Period, stop.Token));
            TrialFailure.Unless(!running.IsCompleted, $"the load has ended: {running.Exception}");
            foreach (var node in nodes)
            {
                Add(node.Id, await Usage.Of(node));
            }

            Add("clients", Usage.OfThisProcess());
            var heaps = samples.Where(series => series.Key.Measure == "heap").Select(series => $"{series.Value[^1].Value:N0}");
            Console.Out.WriteLine($"        after {Stopwatch.GetElapsedTime(began):hh\\:mm\\:ss}: heap {string.Join(", ", heaps)}");
            if (round % FrozenEach == 0)
            {
                var leader = elections.Latest!.Server;
                leader.Process.Send(Signal.Stop);
                await Task.Delay(Frozen, stop.Token);
                leader.Process.Send(Signal.Continue);
            }
        }

        var growths = samples.Select(series => Report(series.Key, [.. series.Value.Where(sample => sample.At > time / 2)])).ToList();
        await stop.CancelAsync();
        await Task.WhenAny(running, Task.Delay(Guards.Wait));
        TrialFailure.Unless(running.IsCompletedSuccessfully, $"the calls have not ended well: {running.Exception}");
        var counts = await load.Check();
        await Task.WhenAll(nodes.Select(node => node.Stop()));
        var worst = growths.MaxBy(growth => growth.AnHour);
        TrialFailure.Unless(
            worst.AnHour <= GrowthMax, $"{worst.What} grows by {worst.AnHour:P1} an hour; at most {GrowthMax:P0} are expected");
        return $"{counts}; {elections.Latest!.Term} terms; in the second half nothing grew by more than {worst.AnHour:P1} an hour, and "
            + $"{GrowthMax:P0} are allowed: {worst.What}";

        void Add(string process, IReadOnlyDictionary<string, double> usage)
        {
            var at = Stopwatch.GetElapsedTime(began);
            foreach (var (measure, value) in usage)
            {
                // With all its memory from the start, since it is a part of what the clients use.
                samples.TryAdd((process, measure), new((int)(time / Period) + 1));
                samples[(process, measure)].Add((at, value));
            }
        }
    }

    private static (string What, double AnHour) Report((string Process, string Measure) what, List<(TimeSpan At, double Value)> samples)
    {
        var growth = Growth.AnHour(samples);
        var values = samples.Select(sample => sample.Value).ToList();
        Console.Out.WriteLine($"        {what.Process,-8} {what.Measure,-9} {values.Min(),12:N0} to {values.Max(),12:N0}, "
            + $"{growth,7:P1} an hour");
        return ($"{what.Measure} of {what.Process}", growth);
    }

    /// <summary>Callers that append and query at a steady rate, and keep nothing but counts.</summary>
    private sealed class SteadyLoad(IReadOnlyList<string> contacts)
    {
        private static readonly string Value = new('v', ValueSize);

        private long _done;
        private long _unknown;
        private long _notCommitted;
        private long _queries;
        private long _visits;
        private long _latest;

        public async Task Run(CancellationToken stop)
        {
            await using var program = Connect();
            var client = ClientOf(program);
            await Task.WhenAll([.. Enumerable.Range(1, Callers).Select(number => Call(client, number, stop)), Visits(stop)]);
        }

        /// <summary>Compares the number of pairs that the group has applied with what the callers were told.</summary>
        public async Task<string> Check()
        {
            await using var program = Connect();
            await Append(ClientOf(program), "last");
            var (applied, least, most) = (_latest, _done, _done + _unknown);
            TrialFailure.Unless(
                applied >= least && applied <= most, $"{applied} pairs are applied, and the callers were told of {least} to {most}");
            return $"{_done} committed, {_notCommitted} not, {_unknown} unknown, {applied} applied; {_queries} queries; {_visits} clients "
                + "came and went";
        }

        private static RaftClient<string, long> ClientOf(RaftConnection program) => program.CreateClient<string, long>("default");

        private RaftConnection Connect() => new(contacts);

        private async Task Call(RaftClient<string, long> client, int number, CancellationToken stop)
        {
            var random = new Random(number);
            while (!stop.IsCancellationRequested)
            {
                var key = $"k{random.Next(Keys)}";
                await (random.Next(4) > 0 ? Append(client, key) : Query(client, key));
                await Poll.Wait(Pause, stop);
            }
        }

        private async Task Visits(CancellationToken stop)
        {
            while (!stop.IsCancellationRequested)
            {
                await using (var program = Connect())
                {
                    var client = ClientOf(program);
                    await Append(client, "visit");
                    await Query(client, "visit");
                    // From a pair that is there: when the callers have ended, no other one comes.
                    await foreach (var _ in client.SubscribeAsync(new Serial(Math.Max(1, _latest) - 1)))
                    {
                        break;
                    }
                }

                _visits++;
                await Poll.Wait(Visit, stop);
            }
        }

        private async Task Append(RaftClient<string, long> client, string key)
        {
            switch (await client.AppendAsync(key, Value))
            {
                case { Failure: null } done:
                    Interlocked.Increment(ref _done);
                    Interlocked.Exchange(ref _latest, Math.Max(_latest, done.ResultOr(0)));
                    break;
                case { Failure.Kind: FailureKind.NotDone }:
                    Interlocked.Increment(ref _notCommitted);
                    break;
                default:
                    Interlocked.Increment(ref _unknown);
                    break;
            }
        }

        private async Task Query(RaftClient<string, long> client, string key)
        {
            // It fails while the leader is frozen.
            if (await client.QueryAsync<string>(key) is { Failure: null })
            {
                Interlocked.Increment(ref _queries);
            }
        }
    }
}
