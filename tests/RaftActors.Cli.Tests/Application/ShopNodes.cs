namespace RaftActors.Cli.Tests.Application;

/// <summary>A user's application with several groups, on nodes in the test's process. Dispose ends them.</summary>
internal sealed class ShopNodes : IDisposable
{
    private readonly int[] _ports;
    private readonly ActorSystem[] _systems;

    public ShopNodes(int count)
    {
        _ports = FreePorts.Take(count);
        var settings = $"quorum.allow-fewer-than-three = on, contacts = [{string.Join(", ", Names.Select(name => $"\"{name}\""))}]";
        _systems = [.. _ports.Select(port => ActorSystem.Create("shop", ShopConfig.Of(port, settings)))];
    }

    public string[] Contacts => [.. _ports.Select(port => $"127.0.0.1:{port}")];

    /// <summary>Each node's name, in the order of the contacts.</summary>
    public string[] Names => [.. _ports.Select(port => $"127.0.0.1:{port}")];

    /// <summary>Starts the processes of a group, whose roster has one on each node.</summary>
    /// <param name="nodes">The numbers of the nodes that start theirs.</param>
    public void Start(string group, params int[] nodes) =>
        Array.ForEach(nodes, node => Start(node, new() { Group = group, Name = "p", Roster = [.. Names.Select(name => $"p@{name}")] }));

    /// <summary>Starts the one founder of a group.</summary>
    public void StartAlone(string group, int node) =>
        Start(node, new() { Group = group, Name = "p", Roster = [$"p@{Names[node]}"] });

    /// <summary>Starts a process that waits to be added to a group.</summary>
    public void StartJoining(string group, int node) => Start(node, new()
    {
        Group = group,
        Name = "p",
        Settings = ConfigurationFactory.ParseString("joining = on"),
    });

    private void Start(int node, RaftOptions<string> options) => _systems[node].ActorOf(Props.Create(() => new Orders(options)));

    public void Stop(int node) => Assert.True(_systems[node].Terminate().Wait(Guard));

    public void Dispose() => Task.WaitAll([.. _systems.Select(system => system.Terminate())], Guard);
}
