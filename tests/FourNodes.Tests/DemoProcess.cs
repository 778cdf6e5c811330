using System.Collections.Immutable;
using System.Diagnostics;

namespace FourNodes.Tests;

/// <summary>The demo as a user runs it: a process of its own, seen through its output, its exit code and its signals.</summary>
internal sealed class DemoProcess : IDisposable
{
    /// <summary>Only a guard: a run that hangs fails instead of hanging the suite.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "FourNodes.dll");

    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<(string Text, int Occurrence, TaskCompletionSource<string> Found)> _waiting = [];
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableList<string> _lines = [];
    private ImmutableList<string> _errors = [];

    private DemoProcess(Process process) => _process = process;

    public IReadOnlyList<string> Lines => _lines;

    public string Errors => string.Join('\n', _errors);

    public static DemoProcess Start(params string[] arguments) => Start("dotnet", [Program, .. arguments]);

    /// <summary>The same with a standard stream of the shell's: <c>&gt; /dev/full</c>.</summary>
    public static DemoProcess StartRedirected(string redirection, params string[] arguments) =>
        Start("sh", ["-c", $"exec dotnet \"$@\" {redirection}", "sh", Program, .. arguments]);

    private static DemoProcess Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var demo = new DemoProcess(new Process { StartInfo = start });
        demo._process.OutputDataReceived += (_, e) => demo.OnOutput(e.Data);
        demo._process.ErrorDataReceived += (_, e) => demo.OnError(e.Data);
        demo._process.Start();
        demo._process.BeginOutputReadLine();
        demo._process.BeginErrorReadLine();
        return demo;
    }

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

    /// <summary>Completes with the exit code, when all output is here.</summary>
    public async Task<int> Exit()
    {
        await Task.WhenAll(_process.WaitForExitAsync(), _outputEnded.Task, _errorEnded.Task).WaitAsync(Patience);
        return _process.ExitCode;
    }

    /// <summary>
    /// Completes with the first line, printed already or yet to come, that has this in it; or the second, for <paramref name="occurrence"/>
    /// 2.
    /// </summary>
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
            throw new TimeoutException($"'{text}' was not printed within {Patience}; this was:\n{string.Join('\n', _lines)}\n{Errors}");
        }
    }

    public void Type(string line) => _process.StandardInput.WriteLine(line);

    public void Kill() => _process.Kill();

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString()]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private void OnOutput(string? line)
    {
        if (line is null)
        {
            _outputEnded.TrySetResult();
            return;
        }

        lock (_lock)
        {
            _lines = _lines.Add(line);
            Wake();
        }
    }

    private void Wake() => _waiting.RemoveAll(waiting =>
        _lines.Where(line => line.Contains(waiting.Text)).ElementAtOrDefault(waiting.Occurrence - 1) is { } line
        && waiting.Found.TrySetResult(line));

    private void OnError(string? line)
    {
        if (line is null)
        {
            _errorEnded.TrySetResult();
        }
        else
        {
            _errors = _errors.Add(line);
        }
    }
}
