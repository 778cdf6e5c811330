using System.Globalization;

using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>The size of the quorum, and how the leader keeps it: <c>raft.quorum</c>.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class QuorumSettings(Config raft)
{
    /// <summary>The maximum number of voters that a founder records: 3, 5, 7, 9 or 11.</summary>
    public int Max { get; } = int.Parse(raft.ReadText("quorum.max"), CultureInfo.InvariantCulture);

    /// <summary>A group of one or two processes is no mistake.</summary>
    public bool AllowFewerThanThree { get; } = raft.ReadFlag("quorum.allow-fewer-than-three");

    /// <summary>The leader exchanges voters that are gone.</summary>
    public bool IsKept { get; } = raft.ReadFlag("quorum.keep");

    /// <summary>A voter that was not heard for this time is gone.</summary>
    public TimeSpan GoneTime { get; } = raft.ReadTime("quorum.gone-after");

    /// <summary>A learner must be fit for this time before it may vote.</summary>
    public TimeSpan StableTime { get; } = raft.ReadTime("quorum.stable-after");

    /// <summary>The failure domain of this node; empty if it has none.</summary>
    public string FailureDomain { get; } = raft.ReadText("failure-domain");
}
