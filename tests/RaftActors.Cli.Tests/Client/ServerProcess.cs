using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;

namespace RaftActors.Cli.Tests.Client;

/// <summary>A server as a shell starts it in the background, and what it writes.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly BlockingCollection<string> _output = [];
    private readonly BlockingCollection<string> _log = [];
    private readonly Process _process;

    public ServerProcess(string command, string home)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"exec env HOME={home} dotnet {Run.Program} {command.Replace("raft ", "")}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => _output.Add(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => _log.Add(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it wrote on standard output up to a line that must come.</summary>
    public string OutputUntil(Func<string, bool> isLast, TimeSpan guard) => Until(_output, isLast, guard);

    /// <summary>The same of its log.</summary>
    public string LogUntil(Func<string, bool> isLast, TimeSpan guard) => Until(_log, isLast, guard);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Until(BlockingCollection<string> lines, Func<string, bool> isLast, TimeSpan guard)
    {
        var text = new StringBuilder();
        while (lines.TryTake(out var line, guard))
        {
            text.Append(line).Append('\n');
            if (isLast(line))
            {
                return text.ToString();
            }
        }

        return text.ToString();
    }
}
