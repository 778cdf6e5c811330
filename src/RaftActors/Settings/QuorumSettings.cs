using System.Globalization;

using Akka.Configuration;

namespace RaftActors.Settings;

/// <summary>The size of the quorum, and how the leader keeps it: <c>raft.quorum</c>.</summary>
/// <param name="raft">The configuration of <c>raft</c>, or of a group.</param>
internal sealed class QuorumSettings(Config raft)
{
    public int Max { get; } = int.Parse(raft.ReadText("quorum.max"), CultureInfo.InvariantCulture);

    public bool AllowFewerThanThree { get; } = raft.ReadFlag("quorum.allow-fewer-than-three");

    public bool IsKept { get; } = raft.ReadFlag("quorum.keep");

    public TimeSpan GoneTime { get; } = raft.ReadTime("quorum.gone-after");

    /// <summary>Null: no member is removed because it is silent.</summary>
    public TimeSpan? RemoveTime { get; } = raft.ReadTimeOrOff("quorum.remove-after");

    public TimeSpan StableTime { get; } = raft.ReadTime("quorum.stable-after");

    public string FailureDomain { get; } = raft.ReadText("failure-domain");
}
