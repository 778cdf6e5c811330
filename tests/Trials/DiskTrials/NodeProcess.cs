namespace DiskTrials;

/// <summary>A node as its operator sees it: a process and its output. It can be killed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly ChildProcess _process;

    private NodeProcess(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        _process = ChildProcess.Start("dotnet", arguments, environment, OnLine);

    /// <summary>The number of its own Appends that it has noted as acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The leader that it reported last.</summary>
    public string Leader { get; private set; } = "none";

    public bool HasEnded => _process.HasEnded;

    public static NodeProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        new(arguments, environment);

    public void Tell(string line) => _process.Tell(line);

    public void Kill() => _process.Kill();

    /// <summary>Waits for its end. False: it still runs after a minute.</summary>
    public async Task<bool> Ended() => await _process.Ended(TimeSpan.FromMinutes(1)) is not null;

    /// <summary>The first line, past or future, that meets a condition. Null: none came in time.</summary>
    public async Task<string?> Line(Func<string, bool> isIt, TimeSpan timeout) =>
        (await _process.Line(line => isIt(line.Text), timeout))?.Text;

    /// <summary>Its last lines, for a transcript.</summary>
    public string Tail(int count) => string.Join(
        '\n',
        _process.Lines(line => !line.Text.StartsWith("@acknowledged", StringComparison.Ordinal)).TakeLast(count).Select(line => line.Text));

    public void Dispose() => _process.Dispose();

    private void OnLine(OutputLine line)
    {
        switch (line.Text.Split(' '))
        {
            case ["@acknowledged", var count]:
                Acknowledged = long.Parse(count);
                break;
            case ["@leader", var name, ..]:
                Leader = name;
                break;
        }
    }
}
