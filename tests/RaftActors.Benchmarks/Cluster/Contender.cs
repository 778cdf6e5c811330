namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A library that is measured: how to start its nodes. A node takes the ports of all nodes, its own ports, and a folder unless its
/// store is in memory. It speaks the protocol of <see cref="ClusterNode"/>.
/// </summary>
/// <param name="Command">The program and its first arguments.</param>
internal sealed record Contender(string Name, params string[] Command)
{
    /// <summary>The number of ports of a group.</summary>
    public int Ports { get; init; } = 3;

    /// <summary>One process starts and measures the whole group.</summary>
    public bool IsOneProcess { get; init; }

    /// <summary>The cells that it can run.</summary>
    public Func<Cell, bool> Supports { get; init; } = _ => true;

    /// <summary>RaftActors, in the build that runs.</summary>
    /// <param name="settings">Settings of the nodes, as HOCON.</param>
    public static Contender Ours(string settings = "") =>
        new("RaftActors", "dotnet", typeof(Contender).Assembly.Location, ClusterNode.Verb, settings);
}
