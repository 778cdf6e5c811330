using System.Threading.Channels;

namespace MaelstromTrials.Network;

/// <summary>A running node. Its standard error goes to a file.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Channel<string> _input = Channel.CreateUnbounded<string>(new() { SingleReader = true });
    private readonly StreamWriter _log;
    private readonly ChildProcess _process;
    private readonly Task _writing;

    /// <param name="arguments">The program and its arguments.</param>
    /// <param name="folder">For its log and its NODE_DIR, which outlive it.</param>
    /// <param name="heard">Takes each line of its standard output.</param>
    public NodeProcess(IReadOnlyList<string> arguments, string folder, Action<string> heard)
    {
        _log = new StreamWriter(Path.Combine(Directory.CreateDirectory(folder).FullName, "log"), append: true) { AutoFlush = true };
        _process = ChildProcess.Start(
            arguments[0],
            arguments.Skip(1),
            new Dictionary<string, string> { ["NODE_DIR"] = folder },
            line => (line.IsError ? _log.WriteLine : heard)(line.Text),
            keepsLines: false);

        // On a thread of its own, because the pipe of a paused node fills up.
        _writing = Task.Factory.StartNew(WriteAll, TaskCreationOptions.LongRunning);
    }

    public bool HasEnded => _process.HasEnded;

    /// <summary>Writes a line to its standard input. Does nothing if it has ended.</summary>
    public void Tell(string line) => _input.Writer.TryWrite(line);

    public void Send(Signal signal) => _process.Send(signal);

    /// <summary>Kills it, and reads what it wrote before.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        _input.Writer.TryComplete();
        await _writing;
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void WriteAll()
    {
        foreach (var line in _input.Reader.ReadAllAsync().ToBlockingEnumerable())
        {
            _process.Tell(line);
        }
    }
}
