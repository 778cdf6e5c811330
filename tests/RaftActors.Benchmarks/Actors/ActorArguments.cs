namespace RaftActors.Benchmarks.Actors;

/// <summary>What the command line says of a benchmark of raft actors.</summary>
internal sealed record ActorArguments
{
    public const string Help = """
        append [options]   three nodes that talk over TCP: what one Append costs in time, messages, bytes and garbage
        burst [options]    one actor of three in one system makes all its calls at once: time, elections and outcomes

          --directory DIR  where stores are kept, synced; a folder on the disk that is of interest (default: stores in memory)
          --clients N      append: how many clients have one Append under way each (default 64)
          --at NODES       append: the nodes whose actor the clients ask: leader, others or all (default all)
          --value N        bytes of a value (default 256)
          --seconds N      append: how long to measure after two seconds of warming up (default 5)
          --count LIST     burst: how many calls (default 10000,100000,1000000)
          --queries        burst: Query on a process that does not lead, in place of Append on the leader
          --by-kind        append: also how many messages of each kind an Append costs
          --help           this
        """;

    public string? Directory { get; private init; }

    public int Clients { get; private init; } = 64;

    public string At { get; private init; } = "all";

    public int ValueSize { get; private init; } = 256;

    public int Seconds { get; private init; } = 5;

    public int[] Counts { get; private init; } = [10_000, 100_000, 1_000_000];

    public bool AreQueries { get; private init; }

    public bool IsByKind { get; private init; }

    /// <summary>Null: help was asked for, or is needed.</summary>
    public static ActorArguments? Parse(ReadOnlySpan<string> words)
    {
        var parsed = new ActorArguments();
        while (words is [var option, .. var rest])
        {
            var isFlag = option is "--queries" or "--by-kind";
            var value = !isFlag && rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--queries" => parsed with { AreQueries = true },
                "--by-kind" => parsed with { IsByKind = true },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                "--at" when value is "leader" or "others" or "all" => parsed with { At = value },
                "--clients" when OptionValue.Numbers(value) is [var clients] => parsed with { Clients = clients },
                "--value" when OptionValue.Numbers(value) is [var size] => parsed with { ValueSize = size },
                "--seconds" when OptionValue.Numbers(value) is [var seconds] => parsed with { Seconds = seconds },
                "--count" when OptionValue.Numbers(value) is { } counts => parsed with { Counts = counts },
                _ => null,
            };
            if (parsed is null)
            {
                return null;
            }

            words = isFlag ? rest : rest[1..];
        }

        return parsed;
    }
}
