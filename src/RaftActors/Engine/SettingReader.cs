using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Engine;

/// <summary>Reads single settings.</summary>
internal static class SettingReader
{
    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    /// <exception cref="RaftConfigurationException">The time is not above zero.</exception>
    public static TimeSpan ReadTime(this Config config, string key)
    {
        var time = config.GetTimeSpan(key, allowInfinite: false);
        Demand(time > TimeSpan.Zero, $"raft.{key} is {time}; it must be above zero.");
        return time;
    }
}
