using System.Threading.Channels;

namespace RaftActors.Cli.Client;

/// <summary><c>raft append -</c>, which appends the lines of standard input, several at a time.</summary>
internal sealed class AppendLines(GroupRun run, string? requestId)
{
    /// <summary>The most lines that are sent and not yet answered.</summary>
    public const int Window = 64;

    private readonly Appender _appender = new(run.Client, run.Settings.Timeout, requestId);
    private readonly AppendReport _report = new(run);
    private readonly Lock _lock = new();

    // The reporter awaits one more.
    private readonly Channel<(int Line, string Id, Task<RequestOutcome> Outcome)> _open =
        Channel.CreateBounded<(int Line, string Id, Task<RequestOutcome> Outcome)>(Window - 1);

    private int _lines;

    public int Run()
    {
        // A read of a terminal cannot be cancelled. The process can end while a background thread waits in one.
        new Thread(Append) { IsBackground = true }.Start();
        return ReportAsync().GetAwaiter().GetResult();
    }

    private void Append()
    {
        try
        {
            while (run.Environment.Input.ReadLine() is { } text)
            {
                _open.Writer.WaitToWriteAsync().AsTask().Wait();
                lock (_lock)
                {
                    if (run.Client.IsInterrupted)
                    {
                        return;
                    }

                    var id = $"{_appender.RequestId}-{++_lines}";
                    _open.Writer.TryWrite((_lines, id, _appender.AppendAsync(text, id)));
                }
            }

            _open.Writer.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _open.Writer.Complete(e);
        }
    }

    private async Task<int> ReportAsync()
    {
        try
        {
            await foreach (var (line, id, outcome) in _open.Reader.ReadAllAsync(run.Client.Interrupted).ConfigureAwait(false))
            {
                _report.Ended(await outcome.ConfigureAwait(false), id, line);
            }
        }
        catch (OperationCanceledException)
        {
            int last;
            lock (_lock)
            {
                last = _lines;
            }

            // Ctrl-C has cancelled the requests, so each ends at once with an unknown outcome.
            while (_open.Reader.TryRead(out var open))
            {
                _report.Ended(await open.Outcome.ConfigureAwait(false), open.Id, open.Line);
            }

            run.Environment.Error.WriteLine($"raft: interrupted: no line after line {last} was sent; begin again after it");
            return ExitCode.Interrupted;
        }

        return _report.WorstCode;
    }
}
