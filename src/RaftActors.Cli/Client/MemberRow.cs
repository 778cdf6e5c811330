using System.Diagnostics;

namespace RaftActors.Cli.Client;

/// <summary>One process of a group at one moment.</summary>
/// <param name="IsVoter">Null: it is not a member.</param>
/// <param name="Status">Its reply; null: there was none.</param>
/// <param name="At">When the reply came, as a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="RoundTrip">From the call to the reply.</param>
internal sealed record MemberRow(ProcessName Name, bool? IsVoter, RaftStatus? Status, long At = 0, TimeSpan RoundTrip = default)
{
    /// <summary>Commits per second since an earlier row of the same process; null: one of the two has no reply.</summary>
    public double? RateSince(MemberRow? before) => Status is { } status && before?.Status is { } former
        ? Math.Max(0, status.Committed.Value - former.Committed.Value) / Stopwatch.GetElapsedTime(before.At, At).TotalSeconds
        : null;
}
