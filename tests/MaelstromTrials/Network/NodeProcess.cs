using System.Diagnostics;

namespace MaelstromTrials.Network;

/// <summary>A running node. Its standard error goes to a file.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StreamWriter _input;
    private readonly StreamWriter _log;
    private readonly Task _reading;
    private readonly Lock _lock = new();

    /// <param name="arguments">The program and its arguments.</param>
    /// <param name="folder">For its log and its NODE_DIR, which outlive it.</param>
    /// <param name="heard">Takes each line of its standard output.</param>
    public NodeProcess(IReadOnlyList<string> arguments, string folder, Action<string> heard)
    {
        Directory.CreateDirectory(folder);
        _log = new StreamWriter(Path.Combine(folder, "log"), append: true) { AutoFlush = true };
        var start = new ProcessStartInfo(arguments[0], arguments.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["NODE_DIR"] = folder;
        _process = Process.Start(start)!; // Justification: it starts a program, so there is one.
        _input = _process.StandardInput;
        _process.ErrorDataReceived += (_, line) => _log.WriteLine(line.Data);
        _process.BeginErrorReadLine();
        _reading = ReadAsync(heard);
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Writes a line to its standard input. Does nothing if it has ended.</summary>
    public void Tell(string line)
    {
        lock (_lock)
        {
            try
            {
                _input.WriteLine(line);
                _input.Flush();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It was killed.
            }
        }
    }

    /// <summary>Kills it, and reads what it wrote before.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private async Task ReadAsync(Action<string> heard)
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            heard(line);
        }
    }
}
