using System.Diagnostics;
using System.Globalization;

using RaftActors.Cli.Plan;

namespace RaftActors.Benchmarks.Layout;

/// <summary>Runs many groups in virtual time, and compares them with <c>raft plan --groups</c>.</summary>
internal static class LayoutBenchmark
{
    public const string Help = """
        layout [options]   runs many groups on many nodes in virtual time, and prints what 'raft plan' expects beside it. Each process is
                           the Core of the product with the default times. A sync takes 1 ms, for all writes of a node together, and a
                           message 0.25 ms. The groups are founded. Then the machine that leads the most falls silent, and later the
                           program of another node crashes. This is done with awake groups, and again with quiescent ones

          --groups N        groups (default 10000)
          --nodes N         nodes (default 100)
          --members N       members of each group (default 3)
          --seed N          decides all (default 1)
          --help            print this help
        """;

    private const int QuiesceTicks = 100;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(30);

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static void Run(string[] words)
    {
        var (groups, nodes, members, seed) = (10_000, 100, 3, 1);
        for (var place = 0; place < words.Length; place += 2)
        {
            var value = words.ElementAtOrDefault(place + 1) ?? "";
            (groups, nodes, members, seed) = words[place] switch
            {
                "--groups" when OptionValue.Numbers(value) is [var number and > 0] => (number, nodes, members, seed),
                "--nodes" when OptionValue.Numbers(value) is [var number and > 0] => (groups, number, members, seed),
                "--members" when OptionValue.Numbers(value) is [var number and > 0] => (groups, nodes, number, seed),
                "--seed" when OptionValue.Numbers(value) is [var number] => (groups, nodes, members, number),
                _ => throw UsageException.Of(words[place], value),
            };
        }

        if (nodes < members + 1)
        {
            throw new UsageException($"--nodes {nodes} are too few: each group needs {members}, and one more stops.");
        }

        var layout = GroupLayout.Of(groups, nodes, members, (ulong)seed);
        var plan = LayoutForecast.Predict(layout, new Workload { Members = members }, (ulong)seed);
        Console.WriteLine("| figure | plan | simulated, awake | simulated, quiescent |");
        Console.WriteLine("|---|---|---|---|");
        var awake = Simulate(layout, new ManyGroupsSettings(members, (ulong)seed, 0), plan);
        var quiescent = Simulate(layout, new ManyGroupsSettings(members, (ulong)seed, QuiesceTicks), plan);
        foreach (var ((name, expected, found), (_, _, other)) in awake.Zip(quiescent))
        {
            Console.WriteLine($"| {name} | {expected} | {found} | {other} |");
        }
    }

    private static List<(string Name, string Plan, string Found)> Simulate(
        GroupLayout layout, ManyGroupsSettings settings, LayoutForecast plan)
    {
        var rows = new List<(string, string, string)>();
        var clock = Stopwatch.GetTimestamp();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var run = new ManyGroups(layout, settings);
        var isAwake = settings.QuiesceTicks == 0;
        var processes = layout.Groups * settings.Members;
        Add("all groups are led after", "", Time(run.RunUntil(() => run.Led == layout.Groups, Limit)));
        Add("each by its preferred node after", "", Time(run.RunUntil(() => run.LedByPreferred == layout.Groups, Limit)));
        if (!isAwake)
        {
            Console.Error.WriteLine($"quiescent after {Time(run.RunUntil(() => run.Quiescent == processes, Limit))}");
        }

        Add("leaders on a node", Of(plan.Leaders), Of(Spread.Of(run.LeadersByNode())));
        run.Traffic.Clear();
        run.Run(Window);
        var seconds = Window.TotalSeconds;
        var traffic = run.Traffic;
        Add(
            "messages a second",
            Text($"{plan.AwakeMessages:N0} / {plan.QuietMessages:N0}"),
            Text($"{(traffic.Messages + traffic.Beats) / seconds:N0}"));
        Add(
            "of the busiest node",
            Text($"{plan.AwakeMessagesOfNode:N0} / {plan.QuietMessagesOfNode:N0}"),
            Text($"{traffic.MostOfNode / seconds:N0}"));
        Add(
            "MB a second",
            Text($"{plan.AwakeBytes / 1e6:N1} / {plan.QuietBytes / 1e6:N1}"),
            Text($"{(traffic.Bytes + traffic.BeatBytes) / seconds / 1e6:N1}"));
        Add("steps of Core a second, on a node", "", Text($"{traffic.Steps / seconds / layout.Nodes:N0}"));
        Add("memory of a process in Core, kB", "", Text($"{(GC.GetTotalMemory(true) - before) / 1000.0 / processes:N1}"));

        var leaders = layout.LeadersByNode();
        var first = Array.IndexOf(leaders, leaders.Max());
        Stop("its machine falls silent", first, closes: false, []);
        var second = Array.IndexOf(leaders, leaders.Where((_, node) => node != first).Max(), first == 0 ? 1 : 0);
        second = second == first ? Array.IndexOf(leaders, leaders[first], first + 1) : second;

        // Groups that had members on both nodes have lost their majority.
        Stop("the program of another crashes", second, closes: true, [first]);
        Console.Error.WriteLine(Text($"{Stopwatch.GetElapsedTime(clock).TotalSeconds:F0} s, {run.Now / 1e6:F0} s of virtual time"));
        return rows;

        void Add(string name, string expected, string found) => rows.Add((name, expected, found));

        void Stop(string what, int node, bool closes, int[] earlier)
        {
            run.Traffic.Clear();
            var at = run.Now;
            int[] led = [.. run.Stop(node, closes).Where(group => !layout.MembersOf(group).Intersect(earlier).Any())];
            var hasAll = run.RunUntil(() => run.HaveLeaders(led), Limit);
            var times = run.ElectedAfter(led, at).Order().ToArray();
            Add($"{what}: elections", Text($"{leaders[node]:N0}"), Text($"{led.Length:N0}"));
            Add(
                "  led again after, p50 / max",
                closes ? "" : "1 to 2 s",
                hasAll is null ? "not all" : Text($"{times[times.Length / 2].TotalSeconds:F2} / {times[^1].TotalSeconds:F2} s"));
            Add(
                "  votes, pre-votes and answers",
                Text($"{LayoutForecast.VotesOfElection(settings.Members) * leaders[node]:N0}"),
                Text($"{run.Traffic.Votes:N0}"));
            Add("  syncs", "", Text($"{run.Traffic.Syncs:N0}"));
            run.Run(Settled);
            Add(
                "  leaders on a node afterwards",
                earlier.Length == 0 ? Of(plan.LeadersAfter) : "",
                Of(Spread.Of(run.LeadersByNode())));
        }
    }

    private static string Time(TimeSpan? time) => time is { } known ? Text($"{known.TotalSeconds:F1} s") : "not";

    private static string Of(Spread spread) => Text($"{spread.Least:N0} to {spread.Most:N0}");

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
