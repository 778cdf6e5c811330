namespace RaftActors.Benchmarks.Cluster;

/// <summary>The child processes of one run of a cell.</summary>
internal sealed class ClusterProcesses : IDisposable
{
    // The ports of the process of remote clients, which is the last one.
    private const string NoNode = "";

    private readonly Contender _contender;
    private readonly Cell _cell;
    private readonly string? _directory;
    private readonly List<ChildProcess> _nodes = [];

    private ClusterProcesses(Contender contender, Cell cell, string folder)
    {
        (_contender, _cell) = (contender, cell);
        var parent = cell.Store == "file" ? folder : contender.MemoryFolder;
        _directory = parent is null ? null : Directory.CreateDirectory(Path.Combine(parent, Path.GetRandomFileName())).FullName;
        var ports = FreePorts.Take(contender.Ports ?? cell.Voters).Select(port => port.ToString(CultureInfo.InvariantCulture)).ToArray();
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
        MeasuredNodes measured = new(_contender.Name, _nodes);
        var leads = _nodes.Select(node => measured.LineAsync(node, "leads")).ToArray();
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

        var closed = await measured.MeasureAsync(loaded, _cell.Command(seconds), seconds);
        var (peak, open) = (closed.Load.OperationsPerSecond, new List<CellRun>());
        foreach (var percent in _cell.Loads)
        {
            var command = _cell.Command(seconds, Math.Max(1, Math.Round(peak * percent / 100)));
            var run = await measured.MeasureAsync(loaded, command, seconds, _contender.IsWatched ? leader : null);
            open.Add(run with { Percent = percent, Peak = peak });
        }

        return closed with { Open = open };
    }
}
