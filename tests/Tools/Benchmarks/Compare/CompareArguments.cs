namespace RaftActors.Benchmarks.Compare;

/// <summary>The options of the comparison with other libraries.</summary>
internal sealed record CompareArguments(ClusterArguments Cluster, IReadOnlyList<string> Peers, IReadOnlyList<Contender> Programs)
{
    public static string Help { get; } = $"""
        compare [options]  measures Appends of RaftActors and of other libraries in turn, and prints ratios within the same run

          --peer LIST       dotnext and hashicorp with --at leader; etcd with --at remote, --store file and --topology multi,
                            and without --load with linearizable queries too (default dotnext, or none with --program)
          --program NAME=PATH  a program of yours, with --at leader. It speaks the protocol of the peers, which the README
                            describes. May be given several times

        The other options are those of cluster. Cells that no peer supports are left out.

        {ClusterArguments.Help}
        """;

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static CompareArguments Parse(string[] words)
    {
        string[]? peers = null;
        var (programs, others) = (new List<Contender>(), new List<string>());
        for (var place = 0; place < words.Length; place++)
        {
            if (words[place] is not ("--peer" or "--program"))
            {
                others.Add(words[place]);
                continue;
            }

            var (option, value) = (words[place], ++place < words.Length ? words[place] : "");
            if (option == "--peer")
            {
                peers = OptionValue.Words(value, "dotnext", "hashicorp", "etcd") ?? throw UsageException.Of(option, value);
            }
            else
            {
                programs.Add(value.Split('=', 2) is [{ Length: > 0 } name, var path] && File.Exists(path)
                    ? Contender.OfUser(name, path)
                    : throw UsageException.Of(option, value));
            }
        }

        var cluster = ClusterArguments.Parse([.. others]);
        if (cluster.Transports.Count > 1)
        {
            throw new UsageException("compare measures one transport. Run it once for each.");
        }

        return new CompareArguments(cluster, peers ?? (programs.Count > 0 ? [] : ["dotnext"]), programs);
    }
}
