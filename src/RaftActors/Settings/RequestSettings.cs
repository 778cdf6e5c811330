using Akka.Configuration;

using static RaftActors.RaftConfigurationException;

namespace RaftActors.Settings;

/// <summary>The timeouts of calls that name none, and how many Gets are pending at a time.</summary>
/// <param name="ChangeTimeout">For transfers, joins and leaves.</param>
/// <param name="GetWindow">The maximum number of pending Gets of a range.</param>
internal sealed record RequestSettings(
    TimeSpan AppendTimeout, TimeSpan GetTimeout, TimeSpan QueryTimeout, TimeSpan ChangeTimeout, int GetWindow)
{
    /// <param name="config">The configuration of <c>raft</c>, or of a group.</param>
    /// <exception cref="RaftConfigurationException">A time is not above zero.</exception>
    public static RequestSettings Read(Config config) => new(
        config.ReadTime("append-timeout"),
        config.ReadTime("get-timeout"),
        config.ReadTime("query-timeout"),
        config.ReadTime("change-timeout"),
        config.ReadNumber("get-window"));

    /// <exception cref="RaftConfigurationException">A setting is out of range.</exception>
    public void Validate() => Demand(GetWindow >= 1, $"raft.get-window is {GetWindow}; it must be 1 or more.");
}
