using RaftActors.Cli.Protocol;

namespace RaftActors.Cli.Client;

/// <summary>Says what became of messages: what is certain on standard output, what went wrong on standard error.</summary>
internal sealed class AppendReport(Surroundings surroundings, bool isJson)
{
    private readonly Lock _lock = new();
    private ServerId? _leader;

    /// <summary>The worst so far.</summary>
    public int ExitCode { get; private set; }

    /// <summary>Once for each leader, as soon as it is known. Called by any thread.</summary>
    public void Redirected(ServerId leader)
    {
        lock (_lock)
        {
            if (_leader == leader)
            {
                return;
            }

            _leader = leader;
            RedirectLine.Write(surroundings, leader, isJson);
        }
    }

    /// <param name="line">Of standard input; null: there is one message only.</param>
    public void Ended(Ending ending, string requestId, int? line)
    {
        lock (_lock)
        {
            ExitCode = Math.Max(ExitCode, CodeOf(ending));
            if (isJson)
            {
                surroundings.Say(output => WriteJson(output, ending, requestId, line));
            }
            else
            {
                WriteText(ending, requestId, line is null ? "raft:" : $"raft: line {line}:");
            }
        }
    }

    /// <summary>The last line that was sent; nothing is known of those behind it but that they were not.</summary>
    public void Interrupted(int lastLine)
    {
        lock (_lock)
        {
            surroundings.Error.WriteLine($"raft: interrupted; nothing was sent of what stands behind line {lastLine}");
        }
    }

    private static int CodeOf(Ending ending) => ending switch
    {
        Ending.Answered => Session.Fine,
        Ending.NotDone => Session.Wrong,
        _ => Session.Unknown,
    };

    private void WriteText(Ending ending, string requestId, string prefix)
    {
        switch (ending)
        {
            case Ending.Answered { Reply: Reply.Committed committed }:
                surroundings.Say(output =>
                    output.WriteLine($"committed{(committed.WasThere ? " before" : "")}, serial {committed.Serial}"));
                break;
            case Ending.NotDone(var why, var isFinal):
                surroundings.Error.WriteLine(
                    $"{prefix} not committed: {Clause.Of(why)}{(isFinal ? "" : "; it is safe to append it again")}");
                break;
            case Ending.Unknown(var why):
                surroundings.Error.WriteLine(
                    $"{prefix} unknown whether it was committed: {Clause.Of(why)}; "
                    + $"append it again with --request-id {requestId}, which never duplicates");
                break;
        }
    }

    private static void WriteJson(TextWriter output, Ending ending, string requestId, int? line) => JsonLine.Write(output, writer =>
    {
        writer.WriteString("kind", "append");
        JsonLine.Number(writer, "line", line);
        writer.WriteString("requestId", requestId);
        switch (ending)
        {
            case Ending.Answered { Reply: Reply.Committed committed }:
                writer.WriteString("outcome", "committed");
                writer.WriteNumber("serial", committed.Serial);
                writer.WriteBoolean("before", committed.WasThere);
                break;
            case Ending.NotDone(var why, _):
                writer.WriteString("outcome", "not-committed");
                writer.WriteString("why", why);
                break;
            case Ending.Unknown(var why):
                writer.WriteString("outcome", "unknown");
                writer.WriteString("why", why);
                break;
        }
    });
}
