using System.Collections.Concurrent;
using System.Diagnostics;

namespace RaftActors.Hosting.Tests;

/// <summary>A process of the operating system that runs a compiled <see cref="FirstProgram"/>.</summary>
internal sealed class ProgramProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];

    /// <param name="folder">The working directory, where the program keeps its data.</param>
    public ProgramProcess(string program, string folder, int port, int httpPort)
    {
        var own = Path.Combine(AppContext.BaseDirectory, typeof(ProgramProcess).Assembly.GetName().Name!);
        ProcessStartInfo start = new(
            "dotnet",
            [
                "exec", "--runtimeconfig", $"{own}.runtimeconfig.json", "--depsfile", $"{own}.deps.json", program,
                "--port", $"{port}", "--http", $"{httpPort}",
            ])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{httpPort}"), Timeout = Guard };
    }

    public HttpClient Http { get; }

    /// <summary>All lines that the program has written.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    public string Output => string.Join('\n', _lines);

    public void Kill() => _process.Kill();

    /// <summary>Waits until the program has ended and its lines are read.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(FirstProgramTests.Guard);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
        Http.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
