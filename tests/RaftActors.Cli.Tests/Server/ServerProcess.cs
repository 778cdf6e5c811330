using TrialKit;

namespace RaftActors.Cli.Tests.Server;

/// <summary>A server in its own process, as a user runs it.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>A server that hangs fails its test after this time.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A background shell ignores SIGINT, and its children inherit that. This restores the default.
    private const string DefaultCtrlC = "--default-signal=INT";

    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process) => _process = process;

    /// <summary>Lines of standard output, without the dates.</summary>
    public IEnumerable<string> Output => RawOutput.Select(WithoutDate);

    public IEnumerable<string> Errors => _process.Lines(line => line.IsError).Select(line => WithoutDate(line.Text));

    /// <summary>Lines of standard output.</summary>
    public IEnumerable<string> RawOutput => _process.Lines(line => !line.IsError).Select(line => line.Text);

    /// <summary>All lines.</summary>
    public IEnumerable<string> Raw => _process.Lines(_ => true).Select(line => line.Text);

    public static ServerProcess Start(params string[] arguments) =>
        new(ChildProcess.Start("env", [DefaultCtrlC, "dotnet", Run.ProgramFile, .. arguments]));

    /// <summary>Starts a server through a shell.</summary>
    /// <param name="arguments">The arguments as typed, quotes included.</param>
    public static ServerProcess StartInShell(string arguments, string home) =>
        new(ChildProcess.Start("bash", ["-c", $"exec env {DefaultCtrlC} HOME={home} dotnet {Run.ProgramFile} {arguments}"]));

    /// <summary>Waits for the n-th line that contains the text. Earlier lines count too.</summary>
    public Task<string> Line(string text, int occurrence = 1) => _process.Line(text, occurrence, Patience);

    /// <summary>Waits for a line of standard output that satisfies the condition.</summary>
    public async Task OutputLine(Func<string, bool> isIt) =>
        Assert.NotNull(await _process.Line(line => !line.IsError && isIt(line.Text), Patience));

    /// <summary>Waits for the end of the process and of its output, and returns the exit code.</summary>
    public async Task<int> Exit() =>
        await _process.Ended(Patience) ?? throw new TimeoutException($"The server has not ended; it wrote:\n{string.Join('\n', Raw)}");

    public void Send(Signal signal) => _process.Send(signal);

    public void Dispose() => _process.Dispose();

    private static string WithoutDate(string line) => line.Length > 20 ? line[20..] : line;
}
