using RaftActors.Benchmarks.Cluster;

namespace RaftActors.Benchmarks.Compare;

/// <summary>The options of the comparison with other libraries.</summary>
internal sealed record CompareArguments(ClusterArguments Cluster, IReadOnlyList<string> Peers)
{
    public static string Help { get; } = $"""
        compare [options]  measures Appends of RaftActors and of other libraries in turn, and prints ratios within the same run

          --peer LIST       dotnext and hashicorp with --at leader; etcd with --at remote, --store file and --topology multi,
                            and with linearizable queries too (default dotnext)

        The other options are those of cluster. Cells that no peer supports are left out.

        {ClusterArguments.Help}
        """;

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static CompareArguments Parse(string[] words)
    {
        string[] peers = ["dotnext"];
        var others = new List<string>();
        for (var place = 0; place < words.Length; place++)
        {
            if (words[place] != "--peer")
            {
                others.Add(words[place]);
                continue;
            }

            var value = ++place < words.Length ? words[place] : "";
            peers = OptionValue.Words(value, "dotnext", "hashicorp", "etcd") ?? throw UsageException.Of("--peer", value);
        }

        var cluster = ClusterArguments.Parse([.. others]);
        if (cluster.Transports.Count > 1)
        {
            throw new UsageException("compare measures one transport. Run it once for each.");
        }

        return new CompareArguments(cluster, peers);
    }
}
