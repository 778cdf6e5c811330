using KeyValueTrials.Nodes;

namespace KeyValueTrials.Trials;

/// <summary>The resources of one trial. Dispose ends all processes and removes the network and the disks.</summary>
internal sealed class Trial : ITrial
{
    private const int HttpPort = 8080;
    private const int RaftPort = 2551;

    private readonly string _work;
    private readonly int? _rounds;
    private readonly List<Action> _undo = [];
    private Cluster? _cluster;

    /// <param name="work">An existing folder.</param>
    public Trial(string work, int? rounds) => (_work, _rounds) = (work, rounds);

    /// <summary>The value of --rounds.</summary>
    /// <param name="usual">The default.</param>
    public int Rounds(int usual) => _rounds ?? usual;

    /// <summary>A path in the trial's folder.</summary>
    public string this[string name] => Path.Combine(_work, name);

    /// <summary>Creates nodes on this machine.</summary>
    /// <param name="founders">The number of nodes that found the groups. Null: all.</param>
    /// <param name="hocon">More settings of the section raft.</param>
    /// <param name="groups">The number of groups.</param>
    public Cluster Nodes(int count, int? founders = null, string hocon = "", int groups = 3)
    {
        var ports = FreePorts.Take(2 * count);
        return _cluster = new Cluster(
            [.. Enumerable.Range(1, count).Select(
                number => new KeyValueNode(number, Host.Here, ports[number - 1], ports[count + number - 1], this[$"disk{number}/raft"]))],
            founders ?? count,
            hocon: hocon,
            groups: groups);
    }

    /// <summary>Creates nodes in a network namespace each. The clients are in one more, which is never cut off.</summary>
    public async Task<(Cluster Cluster, Network Network)> NodesOnNetwork(int count)
    {
        var network = await Network.Start(count + 1);
        _undo.Add(network.Dispose);
        _cluster = new Cluster(
            [.. Enumerable.Range(1, count).Select(
                number => new KeyValueNode(number, network.Host(number), HttpPort, RaftPort, this[$"disk{number}/raft"]))],
            count,
            network.Host(count + 1).Namespace);
        return (_cluster, network);
    }

    /// <summary>Mounts a disk in memory where the data of a node will be.</summary>
    /// <returns>The path of the disk.</returns>
    public string SmallDisk(KeyValueNode node, int megabytes)
    {
        var disk = Directory.CreateDirectory(Path.GetDirectoryName(node.Data)!).FullName;
        Machine.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", disk);
        _undo.Add(() => Machine.Run("umount", disk));
        return disk;
    }

    /// <inheritdoc/>
    public string Tails() => _cluster?.Tails() ?? "";

    public void Dispose()
    {
        _cluster?.Dispose();
        _undo.ForEach(undo => undo());
    }
}
