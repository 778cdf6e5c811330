using System.Collections.Immutable;
using System.Globalization;

namespace RaftActors.Settings;

/// <summary>The settings that the processes of a group should have alike, with their values in one form each.</summary>
internal static class SharedSettings
{
    /// <returns>Keys of the configuration, in a fixed order.</returns>
    public static ImmutableArray<(string Key, string Value)> Of(RaftSettings settings)
    {
        var (timing, limits, quorum, lease) = (settings.Timing, settings.Limits, settings.Quorum, settings.Lease);
        return
        [
            ("raft.tick-interval", Text(timing.TickInterval)),
            ("raft.heartbeat-interval", Text(timing.HeartbeatInterval)),
            ("raft.election-timeout.min", Text(timing.ElectionTimeoutMin)),
            ("raft.election-timeout.max", Text(timing.ElectionTimeoutMax)),
            ("raft.transfer-timeout", Text(timing.TransferTimeout)),
            ("raft.quiescence.enabled", Text(timing.MayBeQuiescent)),
            ("raft.quiescence.after", Text(timing.QuiescentAfter)),
            ("raft.quorum.keep", Text(quorum.IsKept)),
            ("raft.quorum.gone-after", Text(quorum.GoneTime)),
            ("raft.quorum.stable-after", Text(quorum.StableTime)),
            ("raft.lease.enabled", Text(lease.IsEnabled)),
            ("raft.lease.max-drift-percent", Text(lease.MaxDriftPercent)),
            ("raft.pair-size-max", Text(limits.PairSizeMaxBytes)),
            ("raft.uncommitted-size-max", Text(limits.UncommittedSizeMaxBytes)),
            ("raft.in-flight.size-max", Text(limits.InflightSizeMaxBytes)),
            ("raft.snapshot.chunk-size", Text(settings.Snapshots.ChunkSizeBytes)),
            ("raft.transport-tcp.port-offset", Text(settings.Transport.PortOffset)),
            ("raft.transport-tcp.frame-size-max", Text(settings.Transport.FrameSizeMaxBytes)),
        ];
    }

    private static string Text(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms");

    private static string Text(bool flag) => flag ? "on" : "off";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
