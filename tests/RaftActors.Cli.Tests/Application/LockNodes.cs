using RaftActors.Coordination;

namespace RaftActors.Cli.Tests.Application;

/// <summary>
/// Three nodes of an application in the test's process, with the coordination group on them. Each one is a program with a session. Dispose
/// ends them.
/// </summary>
public sealed class LockNodes : IDisposable
{
    private readonly ActorSystem[] _systems;

    public LockNodes()
        : this("")
    {
    }

    /// <param name="security">The section <c>raft.security</c>; empty: none.</param>
    /// <param name="session">The timeout of a session. A long one does not end because the machine is busy.</param>
    internal LockNodes(string security, string session = "3s")
    {
        var ports = FreePorts.Take(3);
        Contacts = [.. ports.Select(port => $"127.0.0.1:{port}")];
        var group = ConfigurationFactory.ParseString(
            $"raft.groups.coordination.election-timeout {{ min = 1s, max = 2s }}\nraft-coordination.session-timeout = {session}");
        var nodes = string.Join(", ", Contacts.Select(contact => $"\"{contact}\""));
        _systems =
        [
            .. ports.Select(port => ActorSystem.Create("shop", ShopConfig.Of(port, $"nodes = [{nodes}]\n{security}")
                .WithFallback(group).WithFallback(RaftCoordination.DefaultConfig()))),
        ];
        Programs = [.. _systems.Select(RaftCoordination.Get)];
    }

    public string[] Contacts { get; }

    /// <summary>The program of each node, in the order of the contacts.</summary>
    public RaftCoordination[] Programs { get; }

    /// <summary>The name of the program of a node.</summary>
    public string NameOf(int node) => $"coordination@{Contacts[node]}";

    internal Run Ask(params string[] command) => Run.Here([.. command, "--contacts", Contacts[0]]);

    /// <inheritdoc/>
    public void Dispose() => Task.WaitAll([.. _systems.Select(system => system.Terminate())], Guard);
}
