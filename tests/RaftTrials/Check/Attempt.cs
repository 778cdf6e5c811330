namespace RaftTrials.Check;

/// <summary>A message that somebody asked to be appended, and what became of it as far as he was told.</summary>
/// <param name="RequestId">Under which it was asked for, each time that it was.</param>
/// <param name="Serial">Of a committed one; otherwise 0.</param>
/// <param name="Server">Who said that it was committed; empty: nobody did.</param>
/// <param name="Started">By the monotonic clock, which all processes of a machine share.</param>
/// <param name="Ended">When the answer had come.</param>
internal sealed record Attempt(
    string Writer, string Text, string RequestId, Outcome Outcome, long Serial, string Server, long Started, long Ended)
{
    private const string Tag = "@attempt";

    /// <summary>What <see cref="ToString"/> wrote; null if it is something else.</summary>
    public static Attempt? Parse(string line) =>
        line.Split(' ') is [Tag, var writer, var text, var id, var outcome, var serial, var server, var started, var ended]
            ? new(writer, text, id, Enum.Parse<Outcome>(outcome), long.Parse(serial), server, long.Parse(started), long.Parse(ended))
            : null;

    public override string ToString() => $"{Tag} {Writer} {Text} {RequestId} {Outcome} {Serial} {Server} {Started} {Ended}";
}

/// <summary>What a client was told of a message.</summary>
internal enum Outcome
{
    /// <summary>It is in the log, at its serial.</summary>
    Committed,

    /// <summary>It is not in the log, and never will be.</summary>
    NotCommitted,

    /// <summary>It may be in the log, once, now or later.</summary>
    Unknown,
}
