namespace RaftActors.Benchmarks.Persist;

/// <summary>The options of the benchmark of persistent actors.</summary>
internal sealed record PersistArguments
{
    public const string Help = """
        persist [options]   measures the same persistent actors on RaftActors.Persistence, with three nodes in three processes and synced
                            files, and on Akka.Persistence.Sql, in turn: writes of 256 bytes, and the recovery of 1,000 events

          --peer LIST       sqlite: a file with synchronous=FULL and a write-ahead log; postgres: a server of its own of the Debian
                            package postgresql-15, with fsync and synchronous_commit (default sqlite)
          --at WHERE        the process of the actors: that of the leader or of a follower (default leader)
          --entities N      actors, each of which persists one event after the other (default 64)
          --sql HOCON       settings of akka.persistence.journal.sql on top of its defaults, such as 'batch-size = 400'
          --warm-up N       seconds before the window, in which code is compiled (default 2)
          --seconds N       length of the window (default 5)
          --runs N          runs of each journal, each with a new store (default 3)
          --directory DIR   folder of the stores, on the disk to measure (default: the current directory)
          --help            print this help
        """;

    public IReadOnlyList<string> Peers { get; private init; } = ["sqlite"];

    public string At { get; private init; } = "leader";

    public int Entities { get; private init; } = 64;

    public string Sql { get; private init; } = "";

    public double WarmUp { get; private init; } = 2;

    public double Seconds { get; private init; } = 5;

    public int Runs { get; private init; } = 3;

    public string Directory { get; private init; } = ".";

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static PersistArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new PersistArguments();
        while (words is [var option, .. var rest])
        {
            var value = rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--peer" when OptionValue.Words(value, "sqlite", "postgres") is { } peers => parsed with { Peers = peers },
                "--at" when value is "leader" or "follower" => parsed with { At = value },
                "--entities" when OptionValue.Numbers(value) is [var entities] => parsed with { Entities = entities },
                "--sql" when value.Length > 0 => parsed with { Sql = value },
                "--warm-up" when OptionValue.Seconds(value) is { } seconds => parsed with { WarmUp = seconds },
                "--seconds" when OptionValue.Seconds(value) is { } seconds => parsed with { Seconds = seconds },
                "--runs" when OptionValue.Numbers(value) is [var runs] => parsed with { Runs = runs },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                _ => throw UsageException.Of(option, value),
            };
            words = rest[1..];
        }

        return parsed;
    }
}
