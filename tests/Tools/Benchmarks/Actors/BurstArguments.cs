namespace RaftActors.Benchmarks.Actors;

/// <summary>The options of <see cref="BurstBenchmark"/>.</summary>
internal sealed record BurstArguments
{
    public const string Help = """
        burst [options]    measures time, elections and outcomes when one actor makes all calls at once, with three actors in one system

          --directory DIR  folder of the stores, on the disk to measure; writes are synced (default: stores in memory)
          --value N        bytes of a value (default 256)
          --count LIST     numbers of calls (default 10000,100000,1000000)
          --queries        Query on a process that does not lead, instead of Append on the leader
          --listen         listen to the metrics of RaftActors
          --help           print this help
        """;

    public string? Directory { get; private init; }

    public int ValueSize { get; private init; } = 256;

    public int[] Counts { get; private init; } = [10_000, 100_000, 1_000_000];

    public bool AreQueries { get; private init; }

    public bool Listens { get; private init; }

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static BurstArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new BurstArguments();
        while (words is [var option, .. var rest])
        {
            var isFlag = option is "--queries" or "--listen";
            var value = !isFlag && rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--queries" => parsed with { AreQueries = true },
                "--listen" => parsed with { Listens = true },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                "--value" when OptionValue.Numbers(value) is [var size] => parsed with { ValueSize = size },
                "--count" when OptionValue.Numbers(value) is { } counts => parsed with { Counts = counts },
                _ => throw UsageException.Of(option, value),
            };
            words = isFlag ? rest : rest[1..];
        }

        return parsed;
    }
}
