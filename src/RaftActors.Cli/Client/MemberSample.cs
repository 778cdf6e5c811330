using System.Diagnostics;

namespace RaftActors.Cli.Client;

/// <summary>One member at one moment, with the time that its reply took.</summary>
/// <param name="Status">Its reply; null: there was none.</param>
/// <param name="At">When the reply came, as a timestamp of <see cref="Stopwatch"/>.</param>
/// <param name="RoundTrip">From the call to the reply.</param>
internal sealed record MemberSample(ProcessName Name, RaftStatus? Status, long At, TimeSpan RoundTrip)
{
    /// <summary>Asks one member for its status, and measures the call.</summary>
    public static async Task<MemberSample> TakeAsync(RaftClient raft, ProcessName name, CancellationToken end)
    {
        var start = Stopwatch.GetTimestamp();
        var status = await raft.StatusOfAsync(name, end).ConfigureAwait(false);
        var now = Stopwatch.GetTimestamp();
        return new MemberSample(name, status, now, Stopwatch.GetElapsedTime(start, now));
    }

    /// <summary>Commits per second since an earlier sample of the same member; null: one of the two has no reply.</summary>
    public double? RateSince(MemberSample? before) => Status is { } status && before?.Status is { } former
        ? Math.Max(0, status.Committed.Value - former.Committed.Value) / Stopwatch.GetElapsedTime(before.At, At).TotalSeconds
        : null;
}
