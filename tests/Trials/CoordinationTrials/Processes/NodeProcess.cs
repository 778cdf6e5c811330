using CoordinationTrials.Check;
using CoordinationTrials.Faults;
using CoordinationTrials.Node;

namespace CoordinationTrials.Processes;

/// <summary>A node as a process. Dispose ends it.</summary>
/// <param name="log">Gets all its lines but the writes.</param>
internal sealed class NodeProcess(NodeSettings settings, Host host, Register register, Action<string> log)
    : FaultyNode(settings.Number, settings.Addresses[settings.Number - 1]), IDisposable
{
    private const int TailLength = 40;

    private readonly Queue<string> _tail = [];
    private ChildProcess? _process;
    private volatile Status? _status;

    public override bool IsRunning => _process is { HasEnded: false };

    public override Status? Status => IsRunning ? _status : null;

    private ChildProcess Process => _process ?? throw new InvalidOperationException("The node has not started.");

    /// <param name="founds">There is no cluster yet.</param>
    public void Start(bool founds)
    {
        _process?.Dispose();
        _status = null;
        log("the process starts");
        string[] words =
        [
            .. host.Prefix, "dotnet", TrialProgram.Path, CoordinationProgram.Name, "node",
            JsonSerializer.Serialize(settings with { Founds = founds }),
        ];
        _process = ChildProcess.Start(words[0], words[1..], heard: Hear, keepsLines: false);
    }

    public override void Kill() => Process.Kill();

    public override void Freeze() => Process.Send(Signal.Stop);

    public override void Resume() => Process.Send(Signal.Continue);

    public override void Leave() => Process.Send(Signal.Terminate);

    /// <summary>The latest lines of its output that are for people.</summary>
    public string Tail()
    {
        lock (_tail)
        {
            return $"--- node {Number}, {Address}, {(IsRunning ? "running" : "ended")}\n{string.Join('\n', _tail)}";
        }
    }

    public void Dispose() => _process?.Dispose();

    private void Hear(OutputLine line)
    {
        if (line.Text.StartsWith(Write.Mark, StringComparison.Ordinal))
        {
            register.Add(Write.Parse(line.Text, Number, Stopwatch.GetElapsedTime(0, line.At).Ticks));
        }
        else if (line.Text.StartsWith(Node.Status.Mark, StringComparison.Ordinal))
        {
            var status = Node.Status.Parse(line.Text);
            if (_status?.ToString() != status.ToString())
            {
                log(status.ToString());
            }

            _status = status;
        }
        else
        {
            log(line.Text);
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
}
