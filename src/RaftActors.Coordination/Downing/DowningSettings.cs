using Akka.Actor;

using RaftActors.Coordination.Settings;

namespace RaftActors.Coordination.Downing;

internal sealed record DowningSettings(TimeSpan StableAfter, TimeSpan DownSelfAfter)
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
        var own = CoordinationSettings.SectionOf(system.Settings.Config);
        return new DowningSettings(own.GetTimeSpan("downing.stable-after"), own.GetTimeSpan("downing.down-self-after"));
    }
}
