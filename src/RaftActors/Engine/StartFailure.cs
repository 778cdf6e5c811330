using Akka.Actor;

using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Publishes that a raft actor could not start, because a host that waits for the actor does not read the log.
/// </summary>
internal static class StartFailure
{
    private const string Unknown = "?";

    /// <param name="group">Default: the group of the configuration.</param>
    /// <param name="process">The name of the process, without its node.</param>
    /// <param name="defaultNode">The name of the node if the configuration has none.</param>
    public static void Publish(ActorSystem system, string? group, string process, string? defaultNode, Exception cause)
    {
        var config = system.Settings.Config.WithFallback(SettingTable.OfRaft.Defaults);
        var node = config.GetString("raft.node") is { Length: > 0 } configured ? configured : defaultNode ?? Unknown;
        var name = new ProcessName($"{(process.Length > 0 ? process : Unknown)}@{node}");
        system.EventStream.Publish(new RaftEvent.StartFailed(group ?? config.GetString("raft.group") ?? "", name, cause));
    }
}
