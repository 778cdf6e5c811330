namespace RaftActors.Benchmarks.Store;

/// <summary>What the command line says of a benchmark of stores.</summary>
internal sealed record StoreArguments
{
    public const string Help = """
        store [options]            what an append costs: a bare loop, the store's writer, a store with its thread
        store-recovery [options]   what opening a store costs

          --directory DIR    where files are written; a folder on the disk that is of interest (default: the current directory)
          --rounds N         rounds of which the medians are shown (store: 5, store-recovery: 3)
          --milliseconds N   store: about how long each part of a round takes (default 400)
          --writers LIST     store: processes with one write each under way, as in 1,16 (default 1,16,64,256)
          --payload LIST     store: bytes of a value (default 16,256,4096)
          --in-memory        store: the same with stores in memory; what the benchmark itself costs
          --size MIB         store-recovery: bytes of the log, in MiB (default 1024)
          --help             this
        """;

    public string Directory { get; private init; } = ".";

    public int? Rounds { get; private init; }

    public int Milliseconds { get; private init; } = 400;

    public int[] Writers { get; private init; } = [1, 16, 64, 256];

    public int[] Payloads { get; private init; } = [16, 256, 4096];

    public bool IsInMemory { get; private init; }

    public int SizeMebibytes { get; private init; } = 1024;

    /// <summary>Null: help was asked for, or is needed.</summary>
    public static StoreArguments? Parse(ReadOnlySpan<string> words)
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
                _ => null,
            };
            if (parsed is null)
            {
                return null;
            }

            words = option == "--in-memory" ? rest : rest[1..];
        }

        return parsed;
    }
}
