using CoordinationTrials.Check;
using CoordinationTrials.Node;

namespace CoordinationTrials.Processes;

/// <summary>A node as a process, and its restarts. Dispose ends it.</summary>
/// <param name="number">From 1.</param>
/// <param name="start">Starts its process. It gets the reader of the output's lines, and whether the cluster is founded.</param>
/// <param name="log">Path of a file for all its lines but the writes; null: there is none.</param>
internal sealed class NodeProcess(
    int number, string address, Func<Action<OutputLine>, bool, ChildProcess> start, Register register, string? log)
    : IDisposable
{
    private const int TailLength = 40;

    private readonly Queue<string> _tail = [];
    private readonly Lock _logLock = new();
    private ChildProcess? _process;
    private volatile Status? _status;

    public int Number => number;

    /// <summary>As host:port.</summary>
    public string Address => address;

    public bool IsRunning => _process is { HasEnded: false };

    /// <summary>What the running process sees of the cluster; null: it has reported nothing yet, or there is none.</summary>
    public Status? Status => IsRunning ? _status : null;

    /// <param name="founds">There is no cluster yet.</param>
    public void Start(bool founds)
    {
        _process?.Dispose();
        _status = null;
        Log("the process starts");
        _process = start(Hear, founds);
    }

    public void Kill() => _process!.Kill(); // Justification: the nodes have started.

    public void Send(Signal signal) => _process!.Send(signal); // Justification: as above.

    /// <summary>The latest lines of its output that are for people.</summary>
    public string Tail()
    {
        lock (_tail)
        {
            return $"--- node {number}, {address}, {(IsRunning ? "running" : "ended")}\n{string.Join('\n', _tail)}";
        }
    }

    public void Dispose() => _process?.Dispose();

    private void Hear(OutputLine line)
    {
        if (line.Text.StartsWith(Write.Mark, StringComparison.Ordinal))
        {
            register.Add(Write.Parse(line.Text, number, line.At));
        }
        else if (line.Text.StartsWith(Status.Mark, StringComparison.Ordinal))
        {
            var status = Status.Parse(line.Text);
            if (_status?.ToString() != status.ToString())
            {
                Log(status.ToString());
            }

            _status = status;
        }
        else
        {
            Log(line.Text);
            lock (_tail)
            {
                _tail.Enqueue(line.Text.Length > 300 ? line.Text[..300] + "..." : line.Text);
                if (_tail.Count > TailLength)
                {
                    _tail.Dequeue();
                }
            }
        }
    }

    private void Log(string line)
    {
        if (log is not null)
        {
            lock (_logLock)
            {
                File.AppendAllText(log, LogFile.LineOf(line));
            }
        }
    }
}
