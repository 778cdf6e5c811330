namespace FourNodes.Tests;

/// <summary>The demo as a child process, seen through its output, its exit code and signals.</summary>
internal sealed class DemoProcess : IDisposable
{
    private static readonly string Program = Programs.Find("demo/FourNodes", "FourNodes");

    private readonly ChildProcess _process;

    private DemoProcess(ChildProcess process) => _process = process;

    public IReadOnlyList<string> Lines => [.. _process.Lines(line => !line.IsError).Select(line => line.Text)];

    public string Errors => string.Join('\n', _process.Lines(line => line.IsError).Select(line => line.Text));

    public static DemoProcess Start(params string[] arguments) => new(ChildProcess.Start("dotnet", [Program, .. arguments]));

    /// <summary>Starts the demo with a redirection of the shell, such as <c>&gt; /dev/full</c>.</summary>
    public static DemoProcess StartRedirected(string redirection, params string[] arguments) =>
        new(ChildProcess.Start("sh", ["-c", $"exec dotnet \"$@\" {redirection}", "sh", Program, .. arguments]));

    public static async Task<DemoProcess> RunToEnd(params string[] arguments)
    {
        var demo = Start(arguments);
        try
        {
            await demo.Exit();
            return demo;
        }
        catch
        {
            demo.Dispose();
            throw;
        }
    }

    /// <summary>Completes with the exit code when all output is read.</summary>
    public async Task<int> Exit() =>
        await _process.Ended(Guard)
            ?? throw new TimeoutException(
                "The demo did not end in time. Its last lines, the latest first:\n"
                + $"{string.Join('\n', Lines.Reverse().Take(20))}\n{Errors}");

    /// <summary>
    /// Completes with the first past or future line that contains the text; with <paramref name="occurrence"/> 2 the second one.
    /// </summary>
    public Task<string> Line(string text, int occurrence = 1) => _process.Line(text, occurrence, Guard);

    public void Type(string line) => _process.Tell(line);

    public void Kill() => _process.Kill();

    public void Send(Signal signal) => _process.Send(signal);

    public void Dispose() => _process.Dispose();
}
