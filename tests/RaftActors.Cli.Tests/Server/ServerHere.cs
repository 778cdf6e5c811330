namespace RaftActors.Cli.Tests.Server;

/// <summary>
/// A server in the test's process, which starts with a tenth of the CPU of a <see cref="ServerProcess"/>. It runs the same command. It has
/// no signals, and cannot die without an orderly stop.
/// </summary>
internal sealed class ServerHere : RunningServer
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<int> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Text, bool IsError)> _lines = [];

    private ServerHere(string[] arguments)
    {
        var environment = new CommandEnvironment(
            () => Stream.Null, new LineWriter(this, isError: false), new LineWriter(this, isError: true), stop: _stop.Token);
        new Thread(() => RunToEnd(arguments, environment)) { IsBackground = true }.Start();
    }

    public static ServerHere Start(params string[] arguments) => new(arguments);

    /// <inheritdoc/>
    public override async Task<string> Line(string text, int occurrence = 1)
    {
        using CancellationTokenSource guard = new(Patience);
        try
        {
            return await Task.Run(() => Wait(text, occurrence, guard.Token), CancellationToken.None);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"'{text}' was not written within {Patience}. The output is:\n{string.Join('\n', Raw)}");
        }
    }

    /// <inheritdoc/>
    public override Task<int> Exit() => _end.Task.WaitAsync(Patience);

    /// <inheritdoc/>
    public override void Send(Signal signal)
    {
        if (signal != Signal.Terminate)
        {
            throw new NotSupportedException($"Start the server as a process to send {signal}.");
        }

        _stop.Cancel();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _stop.Cancel();
        Exit().GetAwaiter().GetResult();
    }

    /// <inheritdoc/>
    protected override IEnumerable<string> Lines(bool? isError)
    {
        lock (_lines)
        {
            return [.. _lines.Where(line => isError is null || line.IsError == isError).Select(line => line.Text)];
        }
    }

    private void RunToEnd(string[] arguments, CommandEnvironment environment)
    {
        try
        {
            _end.TrySetResult(Program.Run(arguments, environment));
        }
        catch (Exception e)
        {
            _end.TrySetException(e);
        }

        lock (_lines)
        {
            Monitor.PulseAll(_lines);
        }
    }

    private string Wait(string text, int occurrence, CancellationToken cancellation)
    {
        using var wake = cancellation.Register(() =>
        {
            lock (_lines)
            {
                Monitor.PulseAll(_lines);
            }
        });
        lock (_lines)
        {
            while (true)
            {
                var found = _lines.Where(line => line.Text.Contains(text, StringComparison.Ordinal)).Skip(occurrence - 1).ToArray();
                if (found is [var line, ..])
                {
                    return line.Text;
                }

                cancellation.ThrowIfCancellationRequested();
                if (_end.Task.IsCompleted)
                {
                    throw new TimeoutException(
                        $"The server has ended without '{text}'. It wrote:\n{string.Join('\n', _lines.Select(each => each.Text))}");
                }

                Monitor.Wait(_lines);
            }
        }
    }

    private void Add(string line, bool isError)
    {
        lock (_lines)
        {
            _lines.Add((line, isError));
            Monitor.PulseAll(_lines);
        }
    }

    private sealed class LineWriter(ServerHere server, bool isError) : TextWriter
    {
        private readonly StringBuilder _line = new();

        public override Encoding Encoding => Encoding.UTF8;

        public override void Write(char value)
        {
            if (value != '\n')
            {
                _line.Append(value);
                return;
            }

            server.Add(_line.ToString(), isError);
            _line.Clear();
        }
    }
}
