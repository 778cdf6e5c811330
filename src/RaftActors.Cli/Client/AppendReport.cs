namespace RaftActors.Cli.Client;

/// <summary>Reports the outcomes of appends: commits on standard output, all others on standard error, unless they are JSON.</summary>
internal sealed class AppendReport(GroupRun run)
{
    public int WorstCode { get; private set; }

    /// <param name="line">The line number in standard input, or null for a message in an argument.</param>
    public void Ended(RequestOutcome outcome, string requestId, int? line)
    {
        var committed = outcome as RequestOutcome.Committed;
        WorstCode = Math.Max(WorstCode, outcome.Code);
        if (run.IsJson || outcome.Why is not { } why)
        {
            run.WriteOutcome(
                "append",
                $"committed{(committed is { WasThere: true } ? " before" : "")}, serial {committed?.Serial}",
                ("line", line),
                ("requestId", requestId),
                ("outcome", committed is not null ? "committed" : outcome is RequestOutcome.NotDone ? "not-committed" : "unknown"),
                ("serial", committed?.Serial),
                ("before", committed?.WasThere),
                ("why", outcome.Why));
            return;
        }

        var prefix = line is null ? "raft:" : $"raft: line {line}:";
        run.Environment.Error.WriteLine(outcome is RequestOutcome.NotDone(_, var isFinal)
            ? $"{prefix} not committed: {Clause.Of(why)}{(isFinal ? "" : "; it is safe to append it again")}"
            : $"{prefix} unknown whether it was committed: {Clause.Of(why)}; "
                + $"to retry safely, append it again with --request-id {requestId}");
    }
}
