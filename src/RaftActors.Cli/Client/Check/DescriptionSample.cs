using System.Globalization;

namespace RaftActors.Cli.Client.Check;

/// <summary>The answer of one process about its node.</summary>
/// <param name="LogicVersion">The newest logic version of its program.</param>
/// <param name="Told">See <see cref="RaftClient.SettingsAsync"/>. Null without an answer.</param>
/// <param name="ClockAhead">How far its clock is ahead of this machine's, or negative. Accurate to half of the round trip.</param>
internal sealed record DescriptionSample(
    ProcessName Name, int LogicVersion, IReadOnlyDictionary<string, string>? Told, TimeSpan ClockAhead, TimeSpan RoundTrip)
{
    public string? Version => Told?.GetValueOrDefault("version");

    public string? Build => Told?.GetValueOrDefault("build");

    public IEnumerable<KeyValuePair<string, string>> Settings =>
        (Told ?? ImmutableDictionary<string, string>.Empty)
            .Where(setting => setting.Key.Contains('.', StringComparison.Ordinal)).OrderBy(setting => setting.Key, StringComparer.Ordinal);

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
        var told = await raft.SettingsAsync(status.Name, end).ConfigureAwait(false);
        var roundTrip = Stopwatch.GetElapsedTime(start);
        var ahead = told is not null && DateTimeOffset.TryParse(told["clock"], CultureInfo.InvariantCulture, out var clock)
            ? clock - (sent + (roundTrip / 2))
            : TimeSpan.Zero;
        return new DescriptionSample(status.Name, status.LogicVersionMax, told, ahead, roundTrip);
    }
}
