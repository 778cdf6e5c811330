namespace RaftActors.Benchmarks.Large;

/// <summary>The options of the benchmark of large states.</summary>
internal sealed record LargeStateArguments
{
    public const string Help = """
        large-state [options] takes, stores, sends and restores a large state while appends go on, with three nodes over TCP in one process

          --size MIB        the state of each node (default 1366: 4 GiB on three nodes)
          --clients N       appends in flight (default 8)
          --seconds N       seconds of appends alone, before the snapshot (default 5)
          --turns           grow the log by half of the state, until the nodes take another snapshot one after the other
          --heap-max MIB    fail if the GC heap was larger after a collection (default: no limit)
          --directory DIR   folder of the stores, which sync each write (default: the current directory)
          --help            print this help

        Each actor writes its state from a seed, so that the machine needs no memory for it, and checks each byte that it restores.
        """;

    public int SizeMebibytes { get; private init; } = 1366;

    public int Clients { get; private init; } = 8;

    public double Seconds { get; private init; } = 5;

    public bool InTurns { get; private init; }

    public int HeapMaxMebibytes { get; private init; } = int.MaxValue;

    public string Directory { get; private init; } = ".";

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static LargeStateArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new LargeStateArguments();
        while (words is [var option, .. var rest])
        {
            var isFlag = option is "--turns";
            var value = !isFlag && rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--size" when OptionValue.Numbers(value) is [var size] => parsed with { SizeMebibytes = size },
                "--clients" when OptionValue.Numbers(value) is [var clients] => parsed with { Clients = clients },
                "--seconds" when OptionValue.Seconds(value) is { } seconds => parsed with { Seconds = seconds },
                "--turns" => parsed with { InTurns = true },
                "--heap-max" when OptionValue.Numbers(value) is [var heap] => parsed with { HeapMaxMebibytes = heap },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                _ => throw UsageException.Of(option, value),
            };
            words = isFlag ? rest : rest[1..];
        }

        return parsed;
    }
}
