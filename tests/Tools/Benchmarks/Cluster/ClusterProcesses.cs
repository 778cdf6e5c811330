using System.Globalization;

namespace RaftActors.Benchmarks.Cluster;

/// <summary>The child processes of one run of a cell.</summary>
internal sealed class ClusterProcesses : IDisposable
{
    // The ports of the process of remote clients, which is the last one.
    private const string NoNode = "";

    private static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    private readonly string _name;
    private readonly Cell _cell;
    private readonly string? _directory;
    private readonly List<ChildProcess> _nodes = [];

    private ClusterProcesses(Contender contender, Cell cell, string folder)
    {
        (_name, _cell) = (contender.Name, cell);
        var parent = cell.Store == "file" ? folder : contender.MemoryFolder;
        _directory = parent is null ? null : Directory.CreateDirectory(Path.Combine(parent, Path.GetRandomFileName())).FullName;
        var ports = FreePorts.Take(contender.Ports).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
        string[] processes = contender.IsOneProcess || cell.Topology == "single" ? [string.Join(',', ports)] : ports;
        foreach (var own in cell.At == "remote" && !contender.IsOneProcess ? [.. processes, NoNode] : processes)
        {
            string[] arguments = [.. contender.Command[1..], string.Join(',', ports), own];
            _nodes.Add(ChildProcess.Start(contender.Command[0], _directory is null ? arguments : [.. arguments, _directory]));
        }
    }

    /// <summary>Starts a fresh cluster, measures it, and removes it.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled. The processes have ended.</exception>
    public static async Task<CellRun> RunAsync(Contender contender, Cell cell, double seconds, string folder, CancellationToken stop)
    {
        using var cluster = new ClusterProcesses(contender, cell, folder);
        await using var stopping = stop.Register(() => cluster._nodes.ForEach(node => node.Kill()));
        try
        {
            return await cluster.MeasureAsync(seconds);
        }
        catch (TimeoutException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }

    public void Dispose()
    {
        _nodes.ForEach(node => node.Dispose());
        if (_directory is not null)
        {
            Directory.Delete(_directory, recursive: true);
        }
    }

    private async Task<CellRun> MeasureAsync(double seconds)
    {
        var leads = _nodes.Select(node => LineAsync(node, "leads")).ToArray();
        var first = await Task.WhenAny(leads);
        await first; // A node that has ended is the first one, too.
        var leader = _nodes[Array.IndexOf(leads, first)];
        var loaded = _cell.At switch
        {
            "leader" => leader,
            "remote" => _nodes[^1],
            _ => _nodes.Find(node => node != leader) ?? leader,
        };
        if (_cell.Consistency is not null)
        {
            _nodes.ForEach(node => node.Tell("count"));
        }

        loaded.Tell(_cell.Command(seconds));
        await LineAsync(loaded, "begin");
        var (before, busyBefore) = (await ReadAsync(), BusyCores.Now);
        await LineAsync(loaded, "end", seconds);
        var (after, busyAfter) = (await ReadAsync(), BusyCores.Now);
        var window = busyAfter.At - busyBefore.At;
        var nodes = NodeCounters.Sum([.. before.Zip(after, (first, last) => last - first)]);
        var load = Load.Parse(await LineAsync(loaded, "load"));
        return new CellRun(load, nodes, window, ((busyAfter.Busy - busyBefore.Busy) - nodes.Cpu) / window);
    }

    private async Task<NodeCounters[]> ReadAsync() => await Task.WhenAll(_nodes.Select(async node =>
    {
        var from = node.LineCount;
        node.Tell("read");
        var line = await LineAsync(node, "counters", from: from);
        return NodeCounters.Parse(line["counters ".Length..]);
    }));

    // The line whose first word this is. The runtime's log is in the same output, and may contain the word elsewhere.
    private async Task<string> LineAsync(ChildProcess node, string word, double seconds = 0, int from = 0)
    {
        var line = await node.Line(
            line => !line.IsError && line.Text.Split(' ')[0] == word, WaitMax + TimeSpan.FromSeconds(seconds), from);
        return line?.Text ?? throw new TimeoutException(
            $"Node {_nodes.IndexOf(node) + 1} of {_nodes.Count} of {_name} did not write '{word}'. Its last lines are:\n"
            + string.Join('\n', node.Lines(_ => true).TakeLast(10).Select(one => one.Text)));
    }
}
