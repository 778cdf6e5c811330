namespace RaftTrials.Servers;

/// <summary>A server of the program under trial, through any number of lives.</summary>
internal sealed class RaftServer : IDisposable
{
    private readonly List<ChildProcess> _lives = [];
    private readonly Action<OutputLine> _heard;
    private readonly string[] _arguments;

    /// <param name="founders">The list that every server is given.</param>
    /// <param name="reigns">Is told when it leads.</param>
    public RaftServer(Host host, int port, string data, string founders, Reigns reigns)
    {
        (Host, Id, Data) = (host, $"{host.Address}:{port}", data);
        string[] name = host.Address.Length > 0 ? ["--host", host.Address] : [];
        _arguments = ["server", "-c", founders, "-p", $"{port}", "--data", data, .. name];
        _heard = line =>
        {
            if (ServerLines.Elected(line) is { } term)
            {
                reigns.Add(new Reign(this, term, line.At));
            }
        };
    }

    public string Id { get; }

    public Host Host { get; }

    public string Data { get; }

    public bool IsRunning => _lives is [.., var life] && !life.HasEnded;

    /// <summary>What it says in this life.</summary>
    public ChildProcess Life => _lives[^1];

    public void Start() => _lives.Add(Host.Start(RaftProgram.Path, _arguments, _heard));

    /// <summary>With all that its disk had.</summary>
    public void Wipe() => Directory.Delete(Data, recursive: true);

    public void Kill() => Life.Kill();

    /// <summary>As an operator stops it.</summary>
    public async Task Stop()
    {
        Life.Send(Signal.Terminate);
        if (await Life.Ended(Guards.Stop) is var code && code != 0)
        {
            throw new TrialFailure($"{Id} was told to stop, and {(code is null ? "runs on" : $"ended with exit code {code}")}");
        }
    }

    /// <summary>The first line of this life of which this holds.</summary>
    public async Task<OutputLine> Says(Func<OutputLine, bool> isIt, string what, int from = 0, TimeSpan? patience = null) =>
        await Life.Line(isIt, patience ?? Guards.Line, from)
            ?? throw new TrialFailure($"{Id} {(Life.HasEnded ? "has ended" : "runs")}, and has not said {what}");

    /// <summary>Until it knows a leader, itself or another.</summary>
    public Task<OutputLine> Follows() => Says(line => ServerLines.Leads(line) is not null, "who leads");

    /// <summary>What it said last, in its last lives.</summary>
    public string Tail() => string.Join('\n', _lives.TakeLast(3).SelectMany(Lines).TakeLast(25));

    public void Dispose() => _lives.ForEach(life => life.Dispose());

    private static IEnumerable<string> Lines(ChildProcess life) =>
        life.Lines(_ => true).Select(line => line.Text.Length > 300 ? line.Text[..300] + "..." : line.Text).Append("(end)");
}

/// <summary>For how long something is waited for that is expected to happen at once: no measure of anything.</summary>
internal static class Guards
{
    public static TimeSpan Line { get; } = TimeSpan.FromSeconds(30);

    public static TimeSpan Stop { get; } = TimeSpan.FromSeconds(20);

    public static TimeSpan Commits { get; } = TimeSpan.FromSeconds(60);
}
