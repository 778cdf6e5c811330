namespace RaftActors.Benchmarks.Cluster;

/// <summary>A file with a line for each run.</summary>
/// <param name="file">Null: writes nothing.</param>
internal sealed class ClusterCsv(string? file) : IDisposable
{
    private const string Header =
        "runtime,operation,store,topology,at,clients,payload,transport," +
        "voters,groups,load,ops_s,p50,p99,p999,max,cpu_us_op,switches_op,garbage_op,paused,other,failed";

    private readonly StreamWriter? _writer = Open(file);

    public void Write(string name, Cell cell, CellRun run)
    {
        _writer?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name},{cell.Consistency ?? "append"},{cell.Store},{cell.Topology},{cell.At}," +
            $"{cell.Clients},{cell.Payload},{cell.Transport},{cell.Voters},{cell.Groups},{(run.Percent == 0 ? "closed" : run.Percent)}," +
            $"{run.Load.OperationsPerSecond:F0}," +
            $"{string.Join(',', run.Load.Latencies.Select(one => one.ToString("F1", CultureInfo.InvariantCulture)))}," +
            $"{run.CpuMicrosecondsPerOperation:F2},{run.SwitchesPerOperation:F2}," +
            $"{run.GarbageBytesPerOperation:F0},{run.PausedShare:F4},{run.OtherCores:F2},{run.Load.Failed}"));
        _writer?.Flush();
        foreach (var open in run.Open)
        {
            Write(name, cell, open);
        }
    }

    public void Dispose() => _writer?.Dispose();

    private static StreamWriter? Open(string? file)
    {
        var writer = file is null ? null : new StreamWriter(file);
        writer?.WriteLine(Header);
        return writer;
    }
}
