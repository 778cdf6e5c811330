using System.Threading.Channels;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary><c>raft append -</c>: appends the lines of standard input, several at a time.</summary>
internal sealed class AppendLines(Appender appender, AppendReport report, CancellationToken interrupted)
{
    /// <summary>The largest number of lines that are sent and not yet answered.</summary>
    public const int Window = 64;

    private readonly Queue<(int Line, string Id, Task<RequestOutcome> RequestOutcome)> _open = new();
    private readonly Task _interrupted = Task.Delay(Timeout.Infinite, interrupted);
    private int _lines;

    public static int Run(GroupRun run, string? requestId)
    {
        var report = new AppendReport(run);
        var lines = new AppendLines(new Appender(run.Client, run.Settings.Timeout, requestId), report, run.Client.Interrupted);
        if (lines.RunAsync(Read(run.Environment.Input)).GetAwaiter().GetResult())
        {
            return report.WorstCode;
        }

        run.Environment.Error.WriteLine($"raft: interrupted: no line after line {lines._lines} was sent; begin again after it");
        return ExitCode.Interrupted;
    }

    // A read of a terminal cannot be cancelled, so a background thread reads. The process may end while it waits.
    private static ChannelReader<string?> Read(TextReader input)
    {
        var channel = Channel.CreateBounded<string?>(Window);
        var reader = new Thread(() => Pass(input, channel.Writer)) { IsBackground = true };
        reader.Start();
        return channel.Reader;
    }

    private static void Pass(TextReader input, ChannelWriter<string?> lines)
    {
        try
        {
            foreach (var line in InputLines.Read(input))
            {
                lines.WriteAsync(line).AsTask().Wait();
            }

            lines.Complete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lines.Complete(e);
        }
    }

    /// <returns>False if Ctrl-C ended it before the end of the input.</returns>
    private async Task<bool> RunAsync(ChannelReader<string?> input)
    {
        Task<bool>? more = null;
        var isAtEnd = false;
        while (!interrupted.IsCancellationRequested && !(isAtEnd && _open.Count == 0))
        {
            if (_open.Count < Window && !isAtEnd)
            {
                more ??= input.WaitToReadAsync(CancellationToken.None).AsTask();
                await Task.WhenAny([more, _interrupted, .. Oldest()]);
                if (more.IsCompleted)
                {
                    isAtEnd = !await more;
                    more = null;
                    Start(input);
                }
            }
            else
            {
                await Task.WhenAny([_interrupted, .. Oldest()]);
            }

            await ReportAsync(mayWait: false);
        }

        if (!interrupted.IsCancellationRequested)
        {
            return true;
        }

        // The cancelled requests end at once, with an unknown outcome, and are reported.
        await ReportAsync(mayWait: true);
        return false;
    }

    private IEnumerable<Task> Oldest() => _open.Count > 0 ? [_open.Peek().RequestOutcome] : [];

    private void Start(ChannelReader<string?> input)
    {
        if (input.TryRead(out var text))
        {
            var id = $"{appender.RequestId}-{++_lines}";
            _open.Enqueue((_lines, id, appender.AppendAsync(text, id)));
        }
    }

    private async Task ReportAsync(bool mayWait)
    {
        while (_open.TryPeek(out var oldest) && (mayWait || oldest.RequestOutcome.IsCompleted))
        {
            _open.Dequeue();
            report.Ended(await oldest.RequestOutcome, oldest.Id, oldest.Line);
        }
    }
}
