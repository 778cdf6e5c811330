namespace TrialKit;

/// <summary>A program that a trial starts, ends and starts again, with the output of all its processes. Dispose ends it.</summary>
/// <param name="name">Its name in failures.</param>
internal abstract class Restartable(string name) : ITrial
{
    private readonly List<ChildProcess> _processes = [];

    public string Name => name;

    /// <summary>The latest process.</summary>
    public ChildProcess Process => _processes[^1];

    public bool IsRunning => _processes is [.., var latest] && !latest.HasEnded;

    /// <summary>The number of its starts.</summary>
    public int Starts => _processes.Count;

    /// <summary>Stops it with SIGTERM.</summary>
    /// <returns>The time until its end.</returns>
    public async Task<TimeSpan> Stop()
    {
        var since = Stopwatch.GetTimestamp();
        Process.Send(Signal.Terminate);
        return await Process.Ended(Guards.Wait) is var code && code == 0
            ? Stopwatch.GetElapsedTime(since)
            : throw new TrialFailure($"after SIGTERM {name} {(code is null ? "still runs" : $"ended with exit code {code}")}");
    }

    /// <inheritdoc/>
    public string Tails() => $"--- {name}\n{string.Join('\n', _processes.TakeLast(3).SelectMany(Lines).TakeLast(30))}";

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        _processes.Clear();
    }

    protected void Add(ChildProcess process) => _processes.Add(process);

    private static IEnumerable<string> Lines(ChildProcess process) =>
        process.Lines(_ => true).Select(line => line.Text.Length > 300 ? line.Text[..300] + "..." : line.Text).Append("(end)");
}
