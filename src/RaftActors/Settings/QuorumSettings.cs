using Akka.Configuration;

using RaftActors.Core;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>The size of the quorum, and how the leader keeps it: <c>raft.quorum</c>.</summary>
/// <param name="Max">The maximum number of voters that a founder records: 3, 5, 7, 9 or 11.</param>
/// <param name="AllowFewerThanThree">A group of one or two processes is no mistake.</param>
/// <param name="IsKept">The leader exchanges voters that are gone.</param>
/// <param name="GoneTime">A voter that was not heard for this time is gone.</param>
/// <param name="StableTime">A learner must be fit for this time before it may vote.</param>
internal sealed record QuorumSettings(int Max, bool AllowFewerThanThree, bool IsKept, TimeSpan GoneTime, TimeSpan StableTime)
{
    /// <summary>The failure domain of this node; empty if it has none.</summary>
    public required string FailureDomain { get; init; }

    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    /// <param name="raft">The configuration of <c>raft</c>, which has the settings of the whole node.</param>
    /// <param name="options">Override the configuration.</param>
    /// <exception cref="RaftConfigurationException">A value cannot be read.</exception>
    public static QuorumSettings Read<TValue>(Config config, Config raft, RaftOptions<TValue> options) => new(
        options.MaxQuorum ?? config.ReadNumber("quorum.max"),
        options.AllowFewerThanThree ?? config.ReadFlag("quorum.allow-fewer-than-three"),
        config.ReadFlag("quorum.keep"),
        config.ReadTime("quorum.gone-after"),
        config.ReadTime("quorum.stable-after"))
    {
        FailureDomain = raft.GetString("failure-domain") ?? "",
    };

    /// <exception cref="RaftConfigurationException">A setting is out of range, or contradicts another one.</exception>
    public void Validate(TimeSpan electionTimeoutMax)
    {
        Demand(QuorumSize.IsMaximum(Max), $"raft.quorum.max is {Max}; it may be 3, 5, 7, 9 or 11.");
        Demand(
            FailureDomain.Length <= CoreOptions.FailureDomainLengthMax,
            $"raft.failure-domain has {FailureDomain.Length} characters; it may have {CoreOptions.FailureDomainLengthMax}.");
        Demand(GoneTime >= electionTimeoutMax, $"raft.quorum.gone-after is {GoneTime}; it may not be below raft.election-timeout.max, "
            + $"which is {electionTimeoutMax}.");
    }
}
