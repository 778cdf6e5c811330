using RaftActors.Wire;

namespace RaftActors.Cli.Client.Check;

/// <summary>The answer of one process about its node.</summary>
/// <param name="Told">Null without an answer. Programs before this call do not answer it.</param>
/// <param name="ClockAhead">How far its clock is ahead of this machine's, or negative. Accurate to half of the round trip.</param>
internal sealed record DescriptionSample(
    ProcessName Name, ClientReply.Description? Told, TimeSpan ClockAhead, TimeSpan RoundTrip)
{
    public TimeSpan ClockAheadMin => ClockAhead - (RoundTrip / 2);

    public TimeSpan ClockAheadMax => ClockAhead + (RoundTrip / 2);

    /// <summary>Asks the processes that answered before, except removed ones, which may differ from the others.</summary>
    public static async Task<ImmutableArray<DescriptionSample>> TakeAsync(GroupStatus group, RaftClient raft, CancellationToken end) =>
        [
            .. await Task.WhenAll(
                group.Processes.Where(status => status.Standing != ProblemKind.Removed).Select(status => TakeAsync(status, raft, end)))
                .ConfigureAwait(false),
        ];

    private static async Task<DescriptionSample> TakeAsync(RaftStatus status, RaftClient raft, CancellationToken end)
    {
        var (start, sent) = (Stopwatch.GetTimestamp(), DateTimeOffset.UtcNow);
        var told = await raft.DescriptionOfAsync(status.Name, end).ConfigureAwait(false);
        var roundTrip = Stopwatch.GetElapsedTime(start);
        return new DescriptionSample(
            status.Name, told, told is null ? TimeSpan.Zero : told.Clock - (sent + (roundTrip / 2)), roundTrip);
    }
}
