using System.Diagnostics;

namespace DiskTrials;

/// <summary>A node as its operator sees it: a process, its output, and a way to kill it.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly List<(Func<string, bool> IsIt, TaskCompletionSource<string> Found)> _waiting = [];

    private NodeProcess(Process process) => _process = process;

    /// <summary>How many of its own Appends it has noted as acknowledged.</summary>
    public long Acknowledged { get; private set; }

    /// <summary>The leader that it named last.</summary>
    public string Leader { get; private set; } = "none";

    public static NodeProcess Start(IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var node = new NodeProcess(new Process { StartInfo = start });
        node._process.OutputDataReceived += (_, e) => node.OnLine(e.Data);
        node._process.ErrorDataReceived += (_, e) => node.OnLine(e.Data);
        node._process.Start();
        node._process.BeginOutputReadLine();
        node._process.BeginErrorReadLine();
        return node;
    }

    public bool HasEnded => _process.HasExited;

    public void Tell(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
        }
        catch (IOException)
        {
            // It has died, which is what some trials are about.
        }
    }

    public void Kill()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
    }

    /// <summary>The first line, printed already or yet to come, of which this holds; null if none comes in time.</summary>
    public async Task<string?> Line(Func<string, bool> isIt, TimeSpan patience)
    {
        TaskCompletionSource<string> found = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_lines.Find(line => isIt(line)) is { } line)
            {
                return line;
            }

            _waiting.Add((isIt, found));
        }

        try
        {
            return await found.Task.WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>What it said last, for a transcript.</summary>
    public string Tail(int count)
    {
        lock (_lock)
        {
            return string.Join('\n', _lines.Where(line => !line.StartsWith("@acknowledged", StringComparison.Ordinal)).TakeLast(count));
        }
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _lines.Add(line);
            switch (line.Split(' '))
            {
                case ["@acknowledged", var count]:
                    Acknowledged = long.Parse(count);
                    break;
                case ["@leader", var name, ..]:
                    Leader = name;
                    break;
            }

            _waiting.RemoveAll(one => one.IsIt(line) && one.Found.TrySetResult(line));
        }
    }
}
