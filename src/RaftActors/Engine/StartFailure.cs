using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Engine;

/// <summary>
/// Publishes that a raft actor could not start. A host that waits for the actor cannot read the log, which has the failure too.
/// </summary>
internal static class StartFailure
{
    private const string UnknownNode = "?";

    /// <param name="group">Null: the group of the configuration.</param>
    /// <param name="process">The name of the process, without its node.</param>
    public static void Publish(ActorSystem system, string? group, string process, Exception cause)
    {
        var config = system.Settings.Config.WithFallback(Raft.DefaultConfig());
        var node = config.GetString("raft.node") is { Length: > 0 } configured ? configured : UnknownNode;
        var name = new ProcessName($"{(process.Length > 0 ? process : UnknownNode)}@{node}");
        system.EventStream.Publish(new RaftEvent.StartFailed(group ?? config.GetString("raft.group") ?? "", name, cause));
    }
}
