using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Plan;

internal static class PlanCommand
{
    private const int MembersMax = 101;
    private const int CoresMax = 1024;

    private static readonly TimeSpan TimeMax = TimeSpan.FromHours(1);

    // The numbers of clients that the page "Size a cluster" has measured.
    private static readonly int[] Callers = [1, 16, 64, 256];

    public static Command Build(CommandEnvironment environment)
    {
        var members = SharedOptions.Number("--members", "n", "The processes of the group. Default: 3.", 1, MembersMax);
        var payload = Text("--payload", "Bytes of a key and its value.", "size", "256");
        var state = Text("--state", "Bytes of a snapshot. 0: the actor takes none.", "size", "0");
        var measure = Text("--measure", "In place of --sync: measures 200 synced writes of a temporary file in this directory.", "dir");
        measure.Validators.Add(SharedOptions.DemandPath);
        var sync = Text("--sync", "The median of a synced write of 4 kB. 0: the store is in memory.", "time");
        var syncMost = Text("--sync-p99", "Its 99th percentile. Default: four times --sync.", "time");
        var roundTrip = Text("--round-trip", "A round trip between two nodes.", "time", "500us");
        var shared = SharedOptions.Number(
            "--shared-cores",
            "n",
            "All members and callers are on one machine with so many processors, as in the benchmarks. "
                + "Default: each member has a machine of its own.",
            1,
            CoresMax);
        return new LocalVerb(environment, "plan")
        {
            What = """
                Predicts one group before it runs: the rate and latency of its Appends by the number of callers, and the disk and memory of
                each member. It asks no server, and changes nothing.

                The costs of processors in it are those of one machine. The page "Size a cluster" has the measurements beside the plan, and
                what the plan leaves out.

                Times are written as 250us, 2ms or 1s; a number alone means milliseconds. Sizes are written as 256, 64kB or 16MiB.
                """,
            Ends = new("predicted", "the directory of --measure cannot be written"),
            Examples = ["plan --measure /var/lib/shop --round-trip 500us", "plan --sync 2ms --payload 1kB --state 2GB"],
            Own = [members, payload, state, measure, sync, syncMost, roundTrip, shared],
            Run = (parsed, output) =>
            {
                var (median, most) = SyncOf(
                    parsed.GetValue(measure),
                    Time("--sync", parsed.GetValue(sync)),
                    Time("--sync-p99", parsed.GetValue(syncMost)),
                    output.Interrupted);
                return Write(output, new GroupModel
                {
                    Members = (int)(parsed.GetValue(members) ?? 3),
                    PayloadBytes = Size("--payload", parsed.GetValue(payload)!),
                    StateBytes = Size("--state", parsed.GetValue(state)!),
                    Sync = median,
                    SyncMost = most,
                    RoundTrip = Time("--round-trip", parsed.GetValue(roundTrip))!.Value, // Justification: it has a default.
                    SharedCores = (int?)parsed.GetValue(shared),
                });
            },
        }.Build();
    }

    private static int Write(VerbOutput output, GroupModel model)
    {
        output.Environment.Output.Write(output.IsJson ? "" : $"A sync takes {Text(model.Sync)} (p50) and {Text(model.SyncMost)} (p99), "
            + $"a round trip {Text(model.RoundTrip)}.{Environment.NewLine}");
        output.WriteRows(
            "load",
            [.. Callers.Select(model.At)],
            [
                new("CALLERS", "callers", load => load.Callers),
                new(
                    "APPENDS/S",
                    "appendsPerSecond",
                    load => Math.Round(load.Rate),
                    load => load.Rate.ToString("#,0")),
                new("P50", "p50Ms", load => Milliseconds(load.Median), load => Text(load.Median)),
                new("P99", "p99Ms", load => Milliseconds(load.Most), load => Text(load.Most)),
            ]);
        var disk = model is { Disk: { } bytes, LogMost: { } log }
            ? $"{ByteSize.Text(bytes)}: the state twice, {ByteSize.Text(log)} of log in segments, and raft.store.free-space-floor"
            : "without bound: without --state the actor takes no snapshots, and the whole log stays";
        return output.Write(
            "plan",
            $"""

            log     {ByteSize.Text(model.LogPerAppend)} an Append, on each member
            disk    {disk}
            memory  {ByteSize.Text(model.StateBytes + model.LogInMemory)}: the state, and {ByteSize.Text(model.LogInMemory)} of log
            """,
            ("syncP50Ms", Milliseconds(model.Sync)),
            ("syncP99Ms", Milliseconds(model.SyncMost)),
            ("logBytesPerAppend", model.LogPerAppend),
            ("diskBytes", (long?)model.Disk),
            ("memoryBytes", model.StateBytes + (long)model.LogInMemory));
    }

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);

    private static (TimeSpan Median, TimeSpan Most) SyncOf(
        string? directory, TimeSpan? sync, TimeSpan? most, CancellationToken interrupted)
    {
        if (directory is null)
        {
            return sync is not { } median ? throw new UsageException("neither --measure nor --sync is given: give one of them")
                : most is null ? (median, 4 * median)
                : most >= median ? (median, most.Value)
                : throw new UsageException("--sync-p99 is below --sync: give the median to --sync and the 99th percentile to --sync-p99");
        }

        if (sync is not null || most is not null)
        {
            throw new UsageException("--measure and --sync are both given: give one, because --measure measures what --sync says");
        }

        var path = Path.GetFullPath(directory);
        return Directory.Exists(path)
            ? SyncProbe.Percentiles(SyncProbe.Measure(new FileDisk(path), interrupted))
            : throw new UsageException($"--measure {path} is no directory: name one on the disk of the log");
    }

    private static Option<string?> Text(string name, string description, string help, string? value = null)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = help };
        if (value is not null)
        {
            option.DefaultValueFactory = _ => value;
        }

        return option;
    }

    private static long Size(string name, string given) => ByteSize.Parse(given)
        ?? throw new UsageException($"'{given}' is not a size for {name}: write 256, 64kB or 16MiB");

    private static TimeSpan? Time(string name, string? given) => given is null ? null
        : Duration.Parse(given, TimeSpan.FromMilliseconds(1)) is { } time && time <= TimeMax ? time
        : throw new UsageException($"'{given}' is not a time for {name}: write 250us, 2ms or 1s; a number alone means milliseconds");

    private static string Text(TimeSpan time) => time.TotalMilliseconds switch
    {
        >= 1000 => $"{time.TotalSeconds:0.##}s",
        >= 10 => $"{time.TotalMilliseconds:0}ms",
        >= 1 => $"{time.TotalMilliseconds:0.0#}ms",
        _ => $"{time.TotalMicroseconds:0}us",
    };
}
