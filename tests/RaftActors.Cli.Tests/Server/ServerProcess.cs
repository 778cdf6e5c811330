namespace RaftActors.Cli.Tests.Server;

/// <summary>A server in its own process, as a user runs it.</summary>
internal sealed class ServerProcess : RunningServer
{
    // A background shell ignores SIGINT, and its children inherit that. This restores the default.
    private const string DefaultCtrlC = "--default-signal=INT";

    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process) => _process = process;

    public static ServerProcess Start(params string[] arguments) =>
        new(ChildProcess.Start("env", [DefaultCtrlC, "dotnet", Run.ProgramFile, .. arguments]));

    /// <summary>Starts a server through a shell.</summary>
    /// <param name="arguments">The arguments as typed, quotes included.</param>
    public static ServerProcess StartInShell(string arguments, string home) =>
        new(ChildProcess.Start("bash", ["-c", $"exec env {DefaultCtrlC} HOME={home} dotnet {Run.ProgramFile} {arguments}"]));

    /// <inheritdoc/>
    public override Task<string> Line(string text, int occurrence = 1) => _process.Line(text, occurrence, Patience);

    /// <summary>Waits for a line of standard output that satisfies the condition.</summary>
    public async Task OutputLine(Func<string, bool> isIt) =>
        Assert.NotNull(await _process.Line(line => !line.IsError && isIt(line.Text), Patience));

    /// <inheritdoc/>
    public override async Task<int> Exit() =>
        await _process.Ended(Patience) ?? throw new TimeoutException($"The server has not ended; it wrote:\n{string.Join('\n', Raw)}");

    /// <inheritdoc/>
    public override void Send(Signal signal) => _process.Send(signal);

    /// <inheritdoc/>
    public override void Dispose() => _process.Dispose();

    /// <inheritdoc/>
    protected override IEnumerable<string> Lines(bool? isError) =>
        _process.Lines(line => isError is null || line.IsError == isError).Select(line => line.Text);
}
