using System.Text.Json;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>Child processes with the nodes of one run, and what they write: the first word of a line says what it is.</summary>
/// <param name="name">Of the program that they run, for a person.</param>
internal sealed class MeasuredNodes(string name, IReadOnlyList<ChildProcess> nodes)
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    /// <summary>Gives a process the command of a load, and measures all of them in its window.</summary>
    /// <param name="seconds">The length of the window.</param>
    /// <param name="watched">The leader, if its events and those of the loaded process are wanted.</param>
    public async Task<CellRun> MeasureAsync(ChildProcess loaded, string command, double seconds, ChildProcess? watched = null)
    {
        foreach (var node in watched is null ? [] : new[] { watched, loaded }.Distinct())
        {
            node.Tell("watch");
        }

        var from = loaded.LineCount;
        loaded.Tell(command);
        await LineAsync(loaded, "begin", from: from);
        var (before, busyBefore) = (await ReadAsync(), BusyCores.Now);
        await LineAsync(loaded, "end", seconds, from);
        var (after, busyAfter) = (await ReadAsync(), BusyCores.Now);
        var window = busyAfter.At - busyBefore.At;
        var sum = NodeCounters.Sum([.. before.Zip(after, (first, last) => last - first)]);
        var load = Load.Parse(await LineAsync(loaded, "load", from: from));
        var run = new CellRun(load, sum, window, ((busyAfter.Busy - busyBefore.Busy) - sum.Cpu) / window);
        return watched is null ? run : run with { Events = await EventsAsync(loaded, watched) };
    }

    private async Task<Events> EventsAsync(ChildProcess loaded, ChildProcess leader)
    {
        var callers = await ReadAsync(loaded, "events");
        var node = await ReadAsync(leader, FormattableString.Invariant($"events {callers.Window.From} {callers.Window.To}"));
        return node with { SlowCalls = callers.SlowCalls, Pauses = loaded == leader ? node.Pauses : [.. node.Pauses, .. callers.Pauses] };

        async Task<Events> ReadAsync(ChildProcess process, string command)
        {
            var from = process.LineCount;
            process.Tell(command);
            return JsonSerializer.Deserialize<Events>((await LineAsync(process, "events", from: from))["events ".Length..])!;
        }
    }

    /// <summary>The line whose first word this is. The runtime's log is in the same output, and may contain the word elsewhere.</summary>
    public async Task<string> LineAsync(ChildProcess node, string word, double seconds = 0, int from = 0)
    {
        var line = await node.Line(
            line => !line.IsError && line.Text.Split(' ')[0] == word, WaitMax + TimeSpan.FromSeconds(seconds), from);
        return line?.Text ?? throw new TimeoutException(
            $"Node {nodes.ToList().IndexOf(node) + 1} of {nodes.Count} of {name} did not write '{word}'. Its last lines are:\n"
            + string.Join('\n', node.Lines(_ => true).TakeLast(10).Select(one => one.Text)));
    }

    private async Task<NodeCounters[]> ReadAsync() => await Task.WhenAll(nodes.Select(async node =>
    {
        var from = node.LineCount;
        node.Tell("read");
        var line = await LineAsync(node, "counters", from: from);
        return NodeCounters.Parse(line["counters ".Length..]);
    }));
}
