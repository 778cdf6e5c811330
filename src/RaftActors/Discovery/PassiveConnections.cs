using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace RaftActors.Discovery;

/// <summary>
/// Warns at the start of a node whose raft messages go by the remoting, if that replies on the connections of other nodes. Akka.NET's does
/// so by default. Connections of raft need no such warning: the registries greet each other on them.
/// </summary>
/// <remarks>
/// When another node restarts quickly, both may connect at once. Akka.NET can then write to the connection that the other node opened and
/// no longer reads.
/// </remarks>
internal static class PassiveConnections
{
    private const string Key = "akka.remote.use-passive-connections";

    public static void Warn(ExtendedActorSystem system)
    {
        if (!system.Provider.DefaultAddress.HasLocalScope && Concern(system.Settings.Config) is { } concern)
        {
            system.Log.Warning("{0}", concern);
        }
    }

    /// <summary>Null: each node sends on connections that it has opened itself.</summary>
    public static string? Concern(Config config) => config.GetBoolean(Key, false)
        ? $"Raft messages go by Akka.Remote, and {Key} is on. If another node restarts quickly at the same address, Akka.NET can lose all "
            + $"messages from this node to it, until one of the two restarts. Set {Key} = off on every node, or raft.transport = tcp."
        : null;
}
