using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Client;

/// <summary>Reports the outcomes of appends: commits on standard output, all others on standard error. Thread-safe.</summary>
internal sealed class AppendReport(CommandEnvironment environment, bool isJson)
{
    private readonly Lock _lock = new();

    /// <summary>The highest exit code of all outcomes so far.</summary>
    public int WorstCode { get; private set; }

    /// <param name="line">The line number in standard input; null: the message was an argument.</param>
    public void Ended(RequestOutcome outcome, string requestId, int? line)
    {
        lock (_lock)
        {
            WorstCode = Math.Max(WorstCode, CodeOf(outcome));
            if (isJson)
            {
                environment.Report(output => WriteJson(output, outcome, requestId, line));
            }
            else
            {
                WriteText(outcome, requestId, line is null ? "raft:" : $"raft: line {line}:");
            }
        }
    }

    /// <summary>Reports the last line that was sent.</summary>
    public void Interrupted(int lastLine)
    {
        lock (_lock)
        {
            environment.Error.WriteLine($"raft: interrupted: no line after line {lastLine} was sent; begin again after it");
        }
    }

    private static int CodeOf(RequestOutcome outcome) => outcome switch
    {
        RequestOutcome.Committed => ExitCode.Done,
        RequestOutcome.NotDone => ExitCode.Failed,
        _ => ExitCode.Unknown,
    };

    private void WriteText(RequestOutcome outcome, string requestId, string prefix)
    {
        switch (outcome)
        {
            case RequestOutcome.Committed committed:
                environment.Report(output =>
                    output.WriteLine($"committed{(committed.WasThere ? " before" : "")}, serial {committed.Serial}"));
                break;
            case RequestOutcome.NotDone(var why, var isFinal):
                environment.Error.WriteLine(
                    $"{prefix} not committed: {Clause.Of(why)}{(isFinal ? "" : "; it is safe to append it again")}");
                break;
            case RequestOutcome.Unknown(var why):
                environment.Error.WriteLine(
                    $"{prefix} unknown whether it was committed: {Clause.Of(why)}; "
                    + $"to retry safely, append it again with --request-id {requestId}");
                break;
        }
    }

    private static void WriteJson(TextWriter output, RequestOutcome outcome, string requestId, int? line)
    {
        JsonLine.Write(output, writer =>
        {
            writer.WriteString("kind", "append");
            JsonLine.Number(writer, "line", line);
            writer.WriteString("requestId", requestId);
            switch (outcome)
            {
                case RequestOutcome.Committed committed:
                    writer.WriteString("outcome", "committed");
                    writer.WriteNumber("serial", committed.Serial);
                    writer.WriteBoolean("before", committed.WasThere);
                    break;
                case RequestOutcome.NotDone(var why, _):
                    writer.WriteString("outcome", "not-committed");
                    writer.WriteString("why", why);
                    break;
                case RequestOutcome.Unknown(var why):
                    writer.WriteString("outcome", "unknown");
                    writer.WriteString("why", why);
                    break;
            }
        });
    }
}
