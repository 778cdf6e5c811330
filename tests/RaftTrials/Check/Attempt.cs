namespace RaftTrials.Check;

/// <summary>A message that a client appended, with its retries, and the outcome that the client was told.</summary>
/// <param name="RequestId">The id of all its requests.</param>
/// <param name="Serial">The serial if committed; otherwise 0.</param>
/// <param name="Started">Before the first request, by the monotonic clock, which all processes of a machine share.</param>
/// <param name="Ended">After the last answer.</param>
internal sealed record Attempt(
    string Writer, string Text, string RequestId, Outcome Outcome, long Serial, long Started, long Ended)
{
    private const string Tag = "@attempt";

    /// <summary>Parses a line of <see cref="ToString"/>; null: another line.</summary>
    public static Attempt? Parse(string line) =>
        line.Split(' ') is [Tag, var writer, var text, var id, var outcome, var serial, var started, var ended]
            ? new(writer, text, id, Enum.Parse<Outcome>(outcome), long.Parse(serial), long.Parse(started), long.Parse(ended))
            : null;

    public override string ToString() => $"{Tag} {Writer} {Text} {RequestId} {Outcome} {Serial} {Started} {Ended}";
}

/// <summary>The outcome of a message, as a client was told.</summary>
internal enum Outcome
{
    /// <summary>In the log, at its serial.</summary>
    Committed,

    /// <summary>Not in the log, and never will be.</summary>
    NotCommitted,

    /// <summary>In the log at most once, now or later.</summary>
    Unknown,
}
