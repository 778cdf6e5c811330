namespace RaftActors.Benchmarks.Store;

/// <summary>The options of the benchmarks of stores.</summary>
internal sealed record StoreArguments
{
    public const string Help = """
        store [options]            measures a durable append: a bare loop, the store's writer, a store with its thread
        store-recovery [options]   measures the opening of a store

          --directory DIR    folder for the files, on the disk to measure (default: the current directory)
          --rounds N         number of rounds; medians are printed (store: 5, store-recovery: 3)
          --milliseconds N   store: approximate duration of each part of a round (default 400)
          --writers LIST     store: numbers of processes, each with one open write (default 1,16,64,256)
          --payload LIST     store: bytes of a value (default 16,256,4096)
          --in-memory        store: use stores in memory, to measure the cost of the benchmark itself
          --size MIB         store-recovery: size of the log in MiB (default 1024)
          --help             print this help
        """;

    public string Directory { get; private init; } = ".";

    public int? Rounds { get; private init; }

    public int Milliseconds { get; private init; } = 400;

    public int[] Writers { get; private init; } = [1, 16, 64, 256];

    public int[] Payloads { get; private init; } = [16, 256, 4096];

    public bool IsInMemory { get; private init; }

    public int SizeMebibytes { get; private init; } = 1024;

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static StoreArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new StoreArguments();
        while (words is [var option, .. var rest])
        {
            var value = rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                "--rounds" when OptionValue.Numbers(value) is [var rounds] => parsed with { Rounds = rounds },
                "--milliseconds" when OptionValue.Numbers(value) is [var milliseconds] => parsed with { Milliseconds = milliseconds },
                "--writers" when OptionValue.Numbers(value) is { } writers => parsed with { Writers = writers },
                "--payload" when OptionValue.Numbers(value) is { } payloads => parsed with { Payloads = payloads },
                "--in-memory" => parsed with { IsInMemory = true },
                "--size" when OptionValue.Numbers(value) is [var size] => parsed with { SizeMebibytes = size },
                _ => throw UsageException.Of(option, value),
            };
            words = option == "--in-memory" ? rest : rest[1..];
        }

        return parsed;
    }
}
