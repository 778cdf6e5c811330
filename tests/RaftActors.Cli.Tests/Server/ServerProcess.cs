using TrialKit;

namespace RaftActors.Cli.Tests.Server;

/// <summary>A server as a user runs it: a process of its own, seen through its lines, its exit code and its signals.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>Only a guard: a run that hangs fails instead of hanging the suite.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Whoever runs the tests in the background may have had Ctrl-C ignored, which is inherited.
    private const string HearingCtrlC = "--default-signal=INT";

    private readonly ChildProcess _process;

    private ServerProcess(ChildProcess process) => _process = process;

    /// <summary>What it wrote on standard output, without the dates.</summary>
    public IEnumerable<string> Output => RawOutput.Select(WithoutDate);

    public IEnumerable<string> Errors => _process.Lines(line => line.IsError).Select(line => WithoutDate(line.Text));

    /// <summary>What it wrote on standard output.</summary>
    public IEnumerable<string> RawOutput => _process.Lines(line => !line.IsError).Select(line => line.Text);

    /// <summary>All that it wrote.</summary>
    public IEnumerable<string> Raw => _process.Lines(_ => true).Select(line => line.Text);

    public static ServerProcess Start(params string[] arguments) =>
        new(ChildProcess.Start("env", [HearingCtrlC, "dotnet", Run.ProgramFile, .. arguments]));

    /// <summary>As a shell starts it.</summary>
    /// <param name="arguments">As people write them, quotes included.</param>
    public static ServerProcess StartInShell(string arguments, string home) =>
        new(ChildProcess.Start("bash", ["-c", $"exec env {HearingCtrlC} HOME={home} dotnet {Run.ProgramFile} {arguments}"]));

    /// <summary>The first line, written already or yet to come, that has this in it; or the second, and so on.</summary>
    public Task<string> Line(string text, int occurrence = 1) => _process.Line(text, occurrence, Patience);

    /// <summary>Waits for a line of standard output of which this holds.</summary>
    public async Task OutputLine(Func<string, bool> isIt) =>
        Assert.NotNull(await _process.Line(line => !line.IsError && isIt(line.Text), Patience));

    /// <summary>Its exit code, when all that it wrote is here.</summary>
    public async Task<int> Exit() =>
        await _process.Ended(Patience) ?? throw new TimeoutException($"The server has not ended; it wrote:\n{string.Join('\n', Raw)}");

    public void Send(Signal signal) => _process.Send(signal);

    public void Dispose() => _process.Dispose();

    private static string WithoutDate(string line) => line.Length > 20 ? line[20..] : line;
}
