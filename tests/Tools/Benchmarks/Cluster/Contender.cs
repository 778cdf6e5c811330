namespace RaftActors.Benchmarks.Cluster;

/// <summary>
/// A library that is measured: how to start its nodes. A node takes the ports of all nodes, its own ports, and a folder unless its
/// store is in memory. It speaks the protocol of <see cref="ClusterNode"/>.
/// </summary>
/// <param name="Command">The program and its first arguments.</param>
internal sealed record Contender(string Name, params string[] Command)
{
    /// <summary>The durability of RaftActors, hashicorp/raft and etcd.</summary>
    public const string SyncsFirst = "synced by a majority before the acknowledgement";

    /// <summary>The number of ports of a group; null: one for each voter.</summary>
    public int? Ports { get; init; }

    /// <summary>A node knows the commands <c>watch</c> and <c>events</c> of <see cref="ClusterNode"/>.</summary>
    public bool IsWatched { get; init; }

    /// <summary>One process starts and measures the whole group, and has the clients.</summary>
    public bool IsOneProcess { get; init; }

    /// <summary>When a store of files syncs an entry that the leader acknowledges, as a phrase.</summary>
    public required string Durability { get; init; }

    /// <summary>The folder, in memory, of its log for a cell without files; null: it has a log without files.</summary>
    public string? MemoryFolder { get; init; }

    /// <summary>The cells that it can run.</summary>
    public Func<Cell, bool> Supports { get; init; } = _ => true;

    /// <summary>RaftActors, in the build that runs.</summary>
    /// <param name="settings">Settings of the nodes, as HOCON.</param>
    public static Contender Ours(string settings = "", int groups = 1) =>
        new("RaftActors", "dotnet", typeof(Contender).Assembly.Location, ClusterNode.Verb, settings, $"{groups}")
        {
            Durability = SyncsFirst,
            IsWatched = true,
        };

    /// <summary>A program of the user's.</summary>
    public static Contender OfUser(string name, string path) => new(name, Path.GetFullPath(path))
    {
        Durability = "durability as its program has it",
        Supports = IsAppendAtLeader,
    };

    public static bool IsAppendAtLeader(Cell cell) => cell is { At: "leader", Consistency: null, Groups: 1 };

    /// <summary>The name of its row for a cell. With files it has the durability: without it, the figures cannot be compared.</summary>
    public string RowOf(Cell cell) => cell.Store == "file" ? $"{Name} ({Durability}): {cell}" : $"{Name}: {cell}";
}
