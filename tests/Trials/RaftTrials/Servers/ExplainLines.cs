namespace RaftTrials.Servers;

/// <summary>
/// Reads the lines that <c>raft explain</c> prints. <c>ExplainLinesTests</c> checks that the product still writes these texts.
/// </summary>
internal static class ExplainLines
{
    /// <summary>
    /// Whether the server, in its present incarnation, and all other members vote. The list of members does not show this: it has names,
    /// not incarnations.
    /// </summary>
    public static bool AllVote(IReadOnlyList<string> lines) =>
        lines.Any(line => line.StartsWith("voters(", StringComparison.Ordinal))
        && !lines.Any(line => line.Contains("learners(", StringComparison.Ordinal))
        && !lines.Any(line => line.Contains("another incarnation", StringComparison.Ordinal));
}
