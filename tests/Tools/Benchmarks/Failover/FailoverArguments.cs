namespace RaftActors.Benchmarks.Failover;

/// <summary>The options of the benchmark of failovers.</summary>
internal sealed record FailoverArguments
{
    public const string Help = """
        failover [options] measures the time without a leader after a fault of the leader, with three processes

          --fault LIST      kill: kill -9 of the leader; stop: SIGSTOP, where no connection closes (default kill,stop)
          --rounds N        rounds of each fault; a second or two each (default 200)
          --min MS          shortest election timeout; heartbeats come three times as often (default 150)
          --max MS          longest election timeout (default 300)
          --directory DIR   folder of the stores, which sync each write (default: the current directory)
          --csv FILE        also write a line for each round
          --help            print this help

        All rounds use one group. Before the next round the killed process has restarted, and all have applied the new leader's pair.
        """;

    public IReadOnlyList<string> Faults { get; private init; } = ["kill", "stop"];

    public int Rounds { get; private init; } = 200;

    public int MinMilliseconds { get; private init; } = 150;

    public int MaxMilliseconds { get; private init; } = 300;

    public string Directory { get; private init; } = ".";

    public string? Csv { get; private init; }

    /// <exception cref="UsageException">An option is unknown, or its value cannot be read.</exception>
    public static FailoverArguments Parse(ReadOnlySpan<string> words)
    {
        var parsed = new FailoverArguments();
        while (words is [var option, .. var rest])
        {
            var value = rest is [var next, ..] ? next : "";
            parsed = option switch
            {
                "--fault" when OptionValue.Words(value, "kill", "stop") is { } faults => parsed with { Faults = faults },
                "--rounds" when OptionValue.Numbers(value) is [var rounds] => parsed with { Rounds = rounds },
                "--min" when OptionValue.Numbers(value) is [var min] => parsed with { MinMilliseconds = min },
                "--max" when OptionValue.Numbers(value) is [var max] => parsed with { MaxMilliseconds = max },
                "--directory" when value.Length > 0 => parsed with { Directory = value },
                "--csv" when value.Length > 0 => parsed with { Csv = value },
                _ => throw UsageException.Of(option, value),
            };
            words = rest[1..];
        }

        return parsed.MinMilliseconds <= parsed.MaxMilliseconds
            ? parsed
            : throw new UsageException($"--min {parsed.MinMilliseconds} is above --max {parsed.MaxMilliseconds}.");
    }
}
