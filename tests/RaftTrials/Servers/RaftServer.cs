namespace RaftTrials.Servers;

/// <summary>A server of the raft program, or another program that logs like it, and its restarts.</summary>
internal sealed class RaftServer : IDisposable
{
    private readonly List<ChildProcess> _processes = [];
    private readonly Action<OutputLine> _heard;
    private readonly string _program;
    private readonly string[] _arguments;

    /// <param name="program">The path of its program, a .NET assembly.</param>
    /// <param name="elections">Receives the elections that the server logs.</param>
    public RaftServer(Host host, int port, string data, string program, string[] arguments, Elections elections)
    {
        (Host, Id, Data, _program, _arguments) = (host, $"{host.Address}:{port}", data, program, arguments);
        _heard = line =>
        {
            if (ServerLines.Elected(line) is { } term)
            {
                elections.Add(new Election(this, term, line.At));
            }
        };
    }

    public string Id { get; }

    public Host Host { get; }

    public string Data { get; }

    public bool IsRunning => _processes is [.., var latest] && !latest.HasEnded;

    /// <summary>The latest process of this server.</summary>
    public ChildProcess Process => _processes[^1];

    public void Start() => _processes.Add(Host.Start(_program, _arguments, heard: _heard));

    /// <summary>Deletes the data directory.</summary>
    public void Wipe() => Directory.Delete(Data, recursive: true);

    public void Kill() => Process.Kill();

    /// <summary>Stops the server with SIGTERM, and waits for its end.</summary>
    public async Task Stop()
    {
        Process.Send(Signal.Terminate);
        if (await Process.Ended(Guards.Wait) is var code && code != 0)
        {
            throw new TrialFailure($"after SIGTERM {Id} {(code is null ? "still runs" : $"ended with exit code {code}")}");
        }
    }

    /// <summary>Checks the files of the stopped server with <c>raft log verify</c>.</summary>
    public async Task Verify()
    {
        var verified = await RaftProgram.Run(Host.Here, "log", "verify", "--data", Data);
        if (verified.Code != 0)
        {
            throw new TrialFailure($"the files of {Id} are damaged: {verified}");
        }
    }

    /// <summary>Waits for a line of the latest process that satisfies the condition.</summary>
    public async Task<OutputLine> Says(Func<OutputLine, bool> isIt, string what, int from = 0, TimeSpan? patience = null) =>
        await Process.Line(isIt, patience ?? Guards.Wait, from)
            ?? throw new TrialFailure($"{Id} {(Process.HasEnded ? "has ended" : "runs")} and has not written {what}");

    /// <summary>Waits until the server knows a leader, possibly itself.</summary>
    public Task<OutputLine> Follows() => Says(line => ServerLines.Leads(line) is not null, "who leads");

    /// <summary>The last lines of its latest processes.</summary>
    public string Tail() => string.Join('\n', _processes.TakeLast(3).SelectMany(Lines).TakeLast(25));

    public void Dispose() => _processes.ForEach(process => process.Dispose());

    private static IEnumerable<string> Lines(ChildProcess process) =>
        process.Lines(_ => true).Select(line => line.Text.Length > 300 ? line.Text[..300] + "..." : line.Text).Append("(end)");
}

/// <summary>Time limits of waits that usually end at once. A trial that exceeds one fails; they measure nothing.</summary>
internal static class Guards
{
    /// <summary>The limit for a line, an answer, or the end of a process. A process on a busy machine may need 30 s to start.</summary>
    public static TimeSpan Wait { get; } = TimeSpan.FromMinutes(2);

    /// <summary>The limit that a command gets for its request. Shorter than <see cref="Wait"/>, so that the command reports it.</summary>
    public static TimeSpan Request { get; } = TimeSpan.FromMinutes(1);
}
