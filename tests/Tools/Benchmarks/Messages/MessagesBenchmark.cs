namespace RaftActors.Benchmarks.Messages;

/// <summary>Measures messages between two nodes, in turn by a raft connection and by Akka.Remote.</summary>
internal static class MessagesBenchmark
{
    public const string Help = """
        messages [options]   measures messages between the nodes of two processes: an AppendEntries with one pair, and its reply

          --way LIST        raft: a raft connection; akka: Akka.Remote with its defaults; akka-unbatched: Akka.Remote without its
                            batches (default raft,akka,akka-unbatched)
          --open LIST       AppendEntries without a reply (default 1,64)
          --beside LIST     none, or 64k: 200 messages of users a second with 64 kB each go by Akka.Remote beside (default none,64k)
          --payload N       bytes of the pair (default 256)
          --warm-up N       seconds before the window, in which code is compiled (default 2)
          --seconds N       length of the window (default 3)
          --runs N          runs of each cell (default 3)
          --help            print this help
        """;

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static async Task<int> RunAsync(string[] words, CancellationToken stop)
    {
        string[] ways = [.. MessageNode.Ways], beside = ["none", "64k"];
        int[] open = [1, 64];
        var (payload, warmUp, seconds, runs) = (256, 2.0, 3.0, 3);
        for (var place = 0; place < words.Length; place += 2)
        {
            var value = words.ElementAtOrDefault(place + 1) ?? "";
            switch (words[place])
            {
                case "--way" when OptionValue.Words(value, [.. MessageNode.Ways]) is { } given:
                    ways = given;
                    break;
                case "--beside" when OptionValue.Words(value, "none", "64k") is { } given:
                    beside = given;
                    break;
                case "--open" when OptionValue.Numbers(value) is { } given:
                    open = given;
                    break;
                case "--payload" when OptionValue.Numbers(value) is [var given]:
                    payload = given;
                    break;
                case "--runs" when OptionValue.Numbers(value) is [var given]:
                    runs = given;
                    break;
                case "--warm-up" when OptionValue.Seconds(value) is { } given:
                    warmUp = given;
                    break;
                case "--seconds" when OptionValue.Seconds(value) is { } given:
                    seconds = given;
                    break;
                default:
                    throw UsageException.Of(words[place], value);
            }
        }

        var cells = (from number in open from user in beside from way in ways select (number, user, way)).ToArray();
        var all = cells.ToDictionary(cell => cell, _ => new List<CellRun>());
        for (var run = 0; run < runs; run++)
        {
            foreach (var cell in cells)
            {
                var command = FormattableString.Invariant($"load {cell.number} {payload} {cell.user} {warmUp} {seconds}");
                all[cell].Add(await MeasureAsync(cell.way, command, warmUp + seconds, stop));
            }
        }

        Console.WriteLine(ClusterBenchmark.AkkaVersion);
        ClusterTable.Print(cells.Select(cell => (
            $"{cell.number} open{(cell.user == "none" ? "" : $", {cell.user} beside")}, {cell.way}", all[cell])));
        return 0;
    }

    private static async Task<CellRun> MeasureAsync(string way, string command, double seconds, CancellationToken stop)
    {
        var ports = FreePorts.Take(2).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        using var first = Start(way, ports[0], ports[1]);
        using var second = Start(way, ports[1], ports[0]);
        await using var stopping = stop.Register(() =>
        {
            first.Kill();
            second.Kill();
        });
        try
        {
            MeasuredNodes nodes = new(way, [first, second]);
            await nodes.LineAsync(first, "ready");
            await nodes.LineAsync(second, "ready");
            return await nodes.MeasureAsync(first, command, seconds);
        }
        catch (TimeoutException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }

    private static ChildProcess Start(string way, string own, string other) =>
        ChildProcess.Start("dotnet", [typeof(MessageNode).Assembly.Location, MessageNode.Verb, way, own, other]);
}
