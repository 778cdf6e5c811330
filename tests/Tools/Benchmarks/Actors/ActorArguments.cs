namespace RaftActors.Benchmarks.Actors;

/// <summary>The options of the benchmarks of raft actors.</summary>
internal sealed record ActorArguments
{
    public const string Help = """
        append [options]   measures time, bytes and garbage of an Append, with three nodes over TCP
        burst [options]    measures time, elections and outcomes when one actor makes all calls at once, with three actors in one system

          --directory DIR  folder of the stores, on the disk to measure; writes are synced (default: stores in memory)
          --clients N      append: number of clients, each with one open Append (default 64)
          --at NODES       append: the nodes that the clients use: leader, others or all (default all)
          --value N        bytes of a value (default 256)
          --seconds N      append: seconds of measurement, after two seconds of warm-up (default 5)
          --count LIST     burst: numbers of calls (default 10000,100000,1000000)
          --queries        burst: Query on a process that does not lead, instead of Append on the leader
          --listen         listen to the metrics of RaftActors
          --help           print this help
        """;

    public string? Directory { get; private init; }

    public int Clients { get; private init; } = 64;

    public string At { get; private init; } = "all";

    public int ValueSize { get; private init; } = 256;

    public int Seconds { get; private init; } = 5;

    public int[] Counts { get; private init; } = [10_000, 100_000, 1_000_000];

    public bool AreQueries { get; private init; }

    public bool Listens { get; private init; }

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static ActorArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new ActorArguments();
        while (words is [var option, .. var rest])
        {
            var isFlag = option is "--queries" or "--listen";
            var value = !isFlag && rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--queries" => parsed with { AreQueries = true },
                "--listen" => parsed with { Listens = true },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                "--at" when value is "leader" or "others" or "all" => parsed with { At = value },
                "--clients" when OptionValue.Numbers(value) is [var clients] => parsed with { Clients = clients },
                "--value" when OptionValue.Numbers(value) is [var size] => parsed with { ValueSize = size },
                "--seconds" when OptionValue.Numbers(value) is [var seconds] => parsed with { Seconds = seconds },
                "--count" when OptionValue.Numbers(value) is { } counts => parsed with { Counts = counts },
                _ => throw UsageException.Of(option, value),
            };
            words = isFlag ? rest : rest[1..];
        }

        return parsed;
    }
}
