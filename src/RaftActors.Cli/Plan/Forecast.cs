using System.Collections.Immutable;

namespace RaftActors.Cli.Plan;

/// <summary>What bounds the rate of Appends.</summary>
/// <param name="Name">The resource, such as <c>network</c>.</param>
/// <param name="Rate">Appends a second at which it is used up.</param>
/// <param name="Reason">How the rate follows, as a phrase.</param>
internal sealed record Limit(string Name, double Rate, string Reason);

/// <summary>The expected figures of a group. Bytes a second are those of messages, without the headers of TCP.</summary>
internal sealed record Forecast
{
    /// <summary>Appends a second: those of the workload, or those that its callers reach.</summary>
    public required double Rate { get; init; }

    /// <summary>The limits, the lowest first.</summary>
    public required ImmutableArray<Limit> Limits { get; init; }

    /// <summary>Whether the rate is below all limits. Otherwise the latencies have no meaning.</summary>
    public bool IsPossible => Rate < Limits[0].Rate;

    /// <summary>The median of an Append that its caller makes at the leader.</summary>
    public required TimeSpan Median { get; init; }

    /// <summary>The 99th percentile.</summary>
    public required TimeSpan Most { get; init; }

    /// <summary>The largest part of the median: <c>sync</c>, <c>round trip</c> or <c>processors</c>.</summary>
    public required string SlowestPart { get; init; }

    /// <summary>The Appends that one batch writes and sends together.</summary>
    public required double AppendsPerBatch { get; init; }

    /// <summary>The processors that the leader's node needs, and each other one.</summary>
    public required double LeaderCores { get; init; }

    public required double OtherCores { get; init; }

    /// <summary>Bytes that the log of each member grows a day.</summary>
    public required double LogPerDay { get; init; }

    /// <summary>Bytes of the log between two snapshots, at their most. Null: there are no snapshots, and the log grows for ever.</summary>
    public required double? LogMost { get; init; }

    /// <summary>
    /// Bytes of disk that each member needs in a directory of its own. Null: the log grows for ever. Groups that share a directory share
    /// its log: 10 segments and four times what they need, at most.
    /// </summary>
    public required double? Disk { get; init; }

    /// <summary>Bytes of memory for the state and the log of a member, once the log has reached its length between two snapshots.</summary>
    public required double Memory { get; init; }

    /// <summary>The part of the log in it.</summary>
    public required double LogInMemory { get; init; }

    /// <summary>Snapshots a day of each member.</summary>
    public required double SnapshotsPerDay { get; init; }

    /// <summary>Bytes a day that each member writes for them.</summary>
    public required double SnapshotBytesPerDay { get; init; }

    /// <summary>The time to send the snapshot to a member that lags, or that has lost its disk.</summary>
    public required TimeSpan SnapshotTransfer { get; init; }

    public required double LeaderSends { get; init; }

    public required double LeaderReceives { get; init; }

    /// <summary>Bytes a second of each other member.</summary>
    public required double OtherSends { get; init; }

    public required double OtherReceives { get; init; }

    /// <summary>Heartbeats and their replies a second, in the whole group, while it is not quiescent.</summary>
    public required double HeartbeatMessages { get; init; }

    public required double HeartbeatBytes { get; init; }

    /// <summary>The time without a leader after a crash of its program, whose connections end at once.</summary>
    public required TimeSpan FailoverOfProgram { get; init; }

    /// <summary>The longest time without a leader after its machine fell silent, if no vote is split.</summary>
    public required TimeSpan FailoverOfMachine { get; init; }
}
