using Akka.Actor;
using Akka.Configuration;

using RaftActors.Coordination.Settings;

namespace RaftActors.Coordination.Downing;

/// <param name="RemovalMargin">The time from the removal of a downed member until its singletons and shards may move.</param>
internal sealed record DowningSettings(TimeSpan StableAfter, TimeSpan DownSelfAfter, TimeSpan RemovalMargin = default)
{
    /// <summary>The class that Akka.Cluster creates.</summary>
    public const string Provider = "RaftActors.Coordination.RaftDowningProvider";

    /// <summary>
    /// The time for which a side with fewer members waits. So the larger side decides if both reach the group, and the smaller one still
    /// decides in time if only it does.
    /// </summary>
    public TimeSpan MinorityAfter => (StableAfter + DownSelfAfter) / 2;

    public TimeSpan Tick => StableAfter / 10;

    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static DowningSettings Read(ActorSystem system)
    {
        var config = system.Settings.Config;
        var own = CoordinationSettings.SectionOf(config);
        var downSelfAfter = own.GetTimeSpan("downing.down-self-after");
        return new DowningSettings(own.GetTimeSpan("downing.stable-after"), downSelfAfter, MarginOf(config, downSelfAfter));
    }

    // A singleton or shard without a lease runs on until its node has downed itself. One with a lease starts only after the session of its
    // former node has expired, so nothing else has to wait.
    private static TimeSpan MarginOf(Config config, TimeSpan downSelfAfter)
    {
        const string Margin = "akka.cluster.down-removal-margin";
        if (config.GetString(Margin, "off") is not ("off" or "false"))
        {
            return config.GetTimeSpan(Margin);
        }

        return HasLease("singleton") && HasLease("sharding") ? TimeSpan.Zero : downSelfAfter;

        bool HasLease(string holder) => config.GetString($"akka.cluster.{holder}.use-lease") is { Length: > 0 };
    }
}
