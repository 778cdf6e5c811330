using System.Collections.Immutable;
using System.Diagnostics;

namespace RaftActors.Cli.Tests.Server;

/// <summary>A server as a user runs it: a process of its own, seen through its lines, its exit code and its signals.</summary>
internal sealed class ServerProcess : IDisposable
{
    /// <summary>Only a guard: a run that hangs fails instead of hanging the suite.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<(string Text, int Occurrence, TaskCompletionSource<string> Found)> _waiting = [];
    private ImmutableList<string> _output = [];
    private ImmutableList<string> _errors = [];

    private ServerProcess(Process process) => _process = process;

    /// <summary>What it wrote on standard output, without the dates.</summary>
    public IEnumerable<string> Output => _output.Select(WithoutDate);

    public IEnumerable<string> Errors => _errors.Select(WithoutDate);

    /// <summary>All that it wrote.</summary>
    public IEnumerable<string> Raw => _output.Concat(_errors);

    public static ServerProcess Start(params string[] arguments)
    {
        // Whoever runs the tests in the background may have had Ctrl-C ignored, which is inherited.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Run.Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = new ServerProcess(new Process { StartInfo = start });
        server._process.OutputDataReceived += (_, e) => server.OnLine(ref server._output, e.Data);
        server._process.ErrorDataReceived += (_, e) => server.OnLine(ref server._errors, e.Data);
        server._process.Start();
        server._process.BeginOutputReadLine();
        server._process.BeginErrorReadLine();
        return server;
    }

    /// <summary>The first line, written already or yet to come, that has this in it; or the second, and so on.</summary>
    public async Task<string> Line(string text, int occurrence = 1)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((text, occurrence, found));
            Wake();
        }

        try
        {
            return await found.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"'{text}' was not written within {Patience}; this was:\n{string.Join('\n', Raw)}");
        }
    }

    /// <summary>Its exit code, when all that it wrote is here.</summary>
    public async Task<int> Exit()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        _process.WaitForExit();
        return _process.ExitCode;
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, $"{_process.Id}"]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static string WithoutDate(string line) => line.Length > 20 ? line[20..] : line;

    private void OnLine(ref ImmutableList<string> lines, string? line)
    {
        if (line is not null)
        {
            lock (_lock)
            {
                lines = lines.Add(line);
                Wake();
            }
        }
    }

    private void Wake() => _waiting.RemoveAll(waiting =>
        Raw.Where(line => line.Contains(waiting.Text)).ElementAtOrDefault(waiting.Occurrence - 1) is { } line
        && waiting.Found.TrySetResult(line));
}
