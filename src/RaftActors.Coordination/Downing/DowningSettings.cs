using Akka.Actor;

using RaftActors.Coordination.Settings;

namespace RaftActors.Coordination.Downing;

/// <summary>The settings of the downing provider.</summary>
internal sealed record DowningSettings(TimeSpan StableAfter, TimeSpan DownSelfAfter)
{
    /// <summary>The class that Akka.Cluster creates.</summary>
    public const string Provider = "RaftActors.Coordination.RaftDowningProvider";

    /// <summary>
    /// A side with fewer members waits for so long. So the larger side decides if both reach the group, and the smaller one still
    /// decides in time if only it does.
    /// </summary>
    public TimeSpan MinorityAfter => (StableAfter + DownSelfAfter) / 2;

    /// <summary>The time between two looks at the cluster.</summary>
    public TimeSpan Tick => StableAfter / 10;

    /// <exception cref="RaftConfigurationException">A setting is wrong.</exception>
    public static DowningSettings Read(ActorSystem system)
    {
        // Cluster creates the provider before anything has added the defaults to the system.
        var own = system.Settings.Config.WithFallback(CoordinationSettings.Defaults).GetConfig("raft-coordination.downing");
        var settings = new DowningSettings(own.GetTimeSpan("stable-after"), own.GetTimeSpan("down-self-after"));
        RaftConfigurationException.Demand(
            settings.StableAfter >= TimeSpan.FromMilliseconds(500) && settings.StableAfter <= TimeSpan.FromMinutes(10),
            $"raft-coordination.downing.stable-after is {settings.StableAfter}; it must be from 500ms to 10m.");
        RaftConfigurationException.Demand(
            settings.DownSelfAfter >= 1.5 * settings.StableAfter && settings.DownSelfAfter <= TimeSpan.FromHours(1),
            $"raft-coordination.downing.down-self-after is {settings.DownSelfAfter}; it must be from 1.5 times stable-after, which is "
                + $"{settings.StableAfter}, to 1h.");
        return settings;
    }
}
