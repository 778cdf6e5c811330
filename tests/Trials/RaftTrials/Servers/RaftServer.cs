namespace RaftTrials.Servers;

/// <summary>A server of the raft program, or another program that logs like it, and its restarts.</summary>
internal sealed class RaftServer : Restartable
{
    private readonly Action<OutputLine> _heard;

    /// <param name="program">The path of its program, a .NET assembly.</param>
    /// <param name="elections">Receives the elections that the server logs.</param>
    public RaftServer(Host host, int port, string data, string program, string[] arguments, Elections elections)
        : base($"{host.Address}:{port}")
    {
        (Host, Data, Program, Arguments) = (host, data, program, arguments);
        _heard = line =>
        {
            if (ServerLines.Elected(line) is { } term)
            {
                elections.Add(new Election(this, term, line.At));
            }
        };
    }

    public string Id => Name;

    /// <summary>The name of a node on this machine.</summary>
    public string NodeName => $"127.0.0.1{Id}";

    public Host Host { get; }

    public string Data { get; }

    /// <summary>The folder with its data, which may be a disk of its own.</summary>
    public string Disk => Path.GetDirectoryName(Data)!;

    /// <summary>The path of its program, from its next start on.</summary>
    public string Program { get; set; }

    /// <summary>The arguments of its program, from its next start on.</summary>
    public string[] Arguments { get; set; }

    /// <summary>More variables of its environment, from its next start on.</summary>
    public IReadOnlyDictionary<string, string>? Environment { get; set; }

    public void Start() => Add(Host.Start(Program, Arguments, Environment, _heard));

    /// <summary>Deletes the data directory.</summary>
    public void Wipe() => Directory.Delete(Data, recursive: true);

    public void Kill() => Process.Kill();

    /// <summary>Checks the files of the stopped server with <c>raft log verify</c>.</summary>
    public async Task Verify()
    {
        // A server that runs as a part of this program has no tools.
        var program = Path.GetFileName(Program) == RaftTool.File ? Program : RaftTool.Path;
        await RaftTool.Demand(["log", "verify", "--data", Data], program: program);
    }

    /// <summary>Waits for a line of the latest process that satisfies the condition.</summary>
    public async Task<OutputLine> Says(Func<OutputLine, bool> isIt, string what, int from = 0) =>
        await Process.Line(isIt, Guards.Wait, from)
            ?? throw new TrialFailure($"{Id} {(Process.HasEnded ? "has ended" : "runs")} and has not written {what}");

    /// <summary>Waits until the server knows a leader, possibly itself.</summary>
    public Task<OutputLine> Follows() => Says(line => ServerLines.Leads(line) is not null, "who leads");
}
