using System.CommandLine;
using System.Globalization;

using RaftActors.Core;
using RaftActors.Storage.Disk;

namespace RaftActors.Cli.Plan;

/// <summary><c>raft plan</c>.</summary>
internal static class PlanCommand
{
    private const int MembersMax = 101;
    private const int NodesMax = 1000;
    private const int CallersMax = 1_000_000;
    private const double RealMax = 1e12;
    private const double BitsPerByte = 8;
    private const double Mega = 1e6;

    private static readonly TimeSpan SpanMax = TimeSpan.FromHours(1);

    private const string Help =
        """
        Says what to expect of a group before it runs: the latency of an Append, the highest rate and what bounds it, the growth of the log,
        the disk space, the traffic of snapshots and heartbeats, and timeouts that suit disk and network. With --groups it lays many groups
        out on many nodes, and takes away the node that leads the most. It asks no server, and changes nothing.

        The costs in the model are those of two cores of one machine. The page "Size a cluster" has measured figures beside the plan:
        nearly all were within a factor of two.

        Times are written as 250us, 2ms or 1s, and sizes as 256, 64kB or 16MiB.

        Exit codes:
          0    the group can do it
          1    the rate is above a limit
          2    the command is wrong

        Examples:
          raft plan --rate 5000 --payload 1kB --sync 2ms --round-trip 500us --state 2GB
          raft plan --callers 64 --measure /var/lib/shop
          raft plan --groups 10000 --nodes 100 --state 20MB
          raft plan --groups 10000 --nodes 100 --list
        """;

    private static readonly Workload Defaults = new();

    public static Command Build(CommandEnvironment environment)
    {
        var members = Count("--members", "The processes of a group.", 1, MembersMax, Defaults.Members);
        var voters = Count("--voters", "raft.quorum.max: the most members that vote, an odd number.", 3, QuorumSize.Max, QuorumSize.Max);
        var payload = Size("--payload", "Bytes of a key and its value.", Defaults.PayloadBytes);
        var rate = Real("--rate", "Appends a second.", Defaults.Rate);
        var callers = Count(
            "--callers", "In place of --rate: so many callers, each of which waits for an outcome before its next Append.", 1, CallersMax);
        var forwarded = new Option<bool>("--forwarded") { Description = "The callers are on other nodes than the leader." };
        var sync = Span("--sync", "The median of a synced write of 4 kB. 0: the store is in memory.", Defaults.Sync);
        var syncMost = Span("--sync-p99", "Its 99th percentile. Default: four times --sync.");
        var measure = new Option<string?>("--measure")
        {
            Description = "In place of --sync and --sync-p99: measures 200 syncs of a temporary file in this directory.",
            HelpName = "dir",
        };
        var roundTrip = Span("--round-trip", "The round trip between two nodes.", Defaults.RoundTrip);
        var bandwidth = Real("--bandwidth", "Mbit a second that a node can send.", Defaults.Bandwidth * BitsPerByte / Mega);
        var diskRate = Size("--disk-rate", "Bytes a second that the disk writes.", (long)Defaults.DiskRate, least: 1);
        var cores = Real("--cores", "Processors of a node.", Defaults.Cores);
        var state = Size("--state", "Bytes of a snapshot. 0: the actor takes none.", Defaults.StateBytes);
        var entries = Size("--snapshot-entries", "raft.snapshot.after-entries.", Defaults.SnapshotEntries, "n", least: 1);
        var bytes = Size("--snapshot-bytes", "raft.snapshot.after-bytes.", Defaults.SnapshotBytes, least: 1);
        var retained = Size("--retained-entries", "raft.snapshot.retained-entries.", Defaults.RetainedEntries, "n");
        var segment = Size("--segment-size", "raft.store.segment-size.", Defaults.SegmentBytes, least: 1 << 20);
        var logMemory = Size("--log-memory", "raft.log-memory-max.", Defaults.LogMemory, least: 1);
        var inFlight = Size("--in-flight", "raft.in-flight.size-max.", Defaults.InFlight, least: 1);
        var heartbeat = Span("--heartbeat", "raft.heartbeat-interval.", Defaults.Heartbeat, isPositive: true);
        var electionMin = Span("--election-min", "raft.election-timeout.min.", Defaults.ElectionMin, isPositive: true);
        var electionMax = Span("--election-max", "raft.election-timeout.max.", Defaults.ElectionMax, isPositive: true);
        var groups = Count("--groups", "Groups like this one, on --nodes.", 1, RaftShards.CountMax, 1);
        var nodes = Count("--nodes", "Nodes for the groups, at least as many as --members.", 1, NodesMax, Defaults.Members);
        var seed = Count("--seed", "Another seed lays the groups out differently.", 0, int.MaxValue, 1);
        var list = new Option<bool>("--list")
        {
            Description = "With --groups: print the nodes of each group instead, the preferred leader first.",
        };
        var json = CommandLine.Json();
        var command = new Command("plan", Help)
        {
            members, voters, payload, rate, callers, forwarded, sync, syncMost, measure, roundTrip, bandwidth, diskRate, cores, state,
            entries, bytes, retained, segment, logMemory, inFlight, heartbeat, electionMin, electionMax, groups, nodes, seed, list, json,
        };
        command.SetAction(parsed =>
        {
            var (median, most) = SyncOf(parsed.GetValue(measure), parsed.GetValue(sync), parsed.GetValue(syncMost));
            if (parsed.GetValue(rate) is not null && parsed.GetValue(callers) is not null)
            {
                throw new UsageException("--rate and --callers are both given: callers that wait decide the rate themselves");
            }

            var given = new Workload
            {
                Members = parsed.GetValue(members) ?? Defaults.Members,
                VotersMax = parsed.GetValue(voters) ?? QuorumSize.Max,
                PayloadBytes = parsed.GetValue(payload) ?? Defaults.PayloadBytes,
                Rate = parsed.GetValue(rate) ?? Defaults.Rate,
                Callers = parsed.GetValue(callers),
                IsForwarded = parsed.GetValue(forwarded),
                Sync = median,
                SyncMost = most,
                DiskRate = parsed.GetValue(diskRate) ?? Defaults.DiskRate,
                RoundTrip = parsed.GetValue(roundTrip) ?? Defaults.RoundTrip,
                Bandwidth = parsed.GetValue(bandwidth) * Mega / BitsPerByte ?? Defaults.Bandwidth,
                Cores = parsed.GetValue(cores) ?? Defaults.Cores,
                StateBytes = parsed.GetValue(state) ?? Defaults.StateBytes,
                SnapshotEntries = parsed.GetValue(entries) ?? Defaults.SnapshotEntries,
                SnapshotBytes = parsed.GetValue(bytes) ?? Defaults.SnapshotBytes,
                RetainedEntries = parsed.GetValue(retained) ?? Defaults.RetainedEntries,
                SegmentBytes = parsed.GetValue(segment) ?? Defaults.SegmentBytes,
                LogMemory = parsed.GetValue(logMemory) ?? Defaults.LogMemory,
                InFlight = parsed.GetValue(inFlight) ?? Defaults.InFlight,
                Heartbeat = parsed.GetValue(heartbeat) ?? Defaults.Heartbeat,
                ElectionMin = parsed.GetValue(electionMin) ?? Defaults.ElectionMin,
                ElectionMax = parsed.GetValue(electionMax) ?? Defaults.ElectionMax,
            };
            if (!QuorumSize.IsMaximum(given.VotersMax))
            {
                throw new UsageException(
                    $"--voters is {given.VotersMax}, and an even number of voters survives no more losses: use 3, 5, 7, 9 or 11");
            }

            var chosen = (ulong)(parsed.GetValue(seed) ?? 1);
            var layout = parsed.GetValue(groups) is null && parsed.GetValue(nodes) is null
                ? null
                : Lay(parsed.GetValue(groups) ?? 1, parsed.GetValue(nodes) ?? given.Members, given.Members, chosen);
            if (parsed.GetValue(list))
            {
                PlanView.List(
                    environment.Output,
                    layout ?? throw new UsageException("--list needs --groups and --nodes: it prints the nodes of each group"),
                    parsed.GetValue(json));
                return ExitCode.Done;
            }

            var forecast = CapacityModel.Predict(given);
            var many = layout is null ? null : LayoutForecast.Predict(layout, given, chosen);
            Write(environment.Output, given, forecast, many, parsed.GetValue(measure) is not null, parsed.GetValue(json));
            return forecast.IsPossible ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static GroupLayout Lay(int groups, int nodes, int members, ulong seed) => nodes < members
        ? throw new UsageException($"--nodes is {nodes} and --members {members}: a group has one member on a node, so give more nodes")
        : GroupLayout.Of(groups, nodes, members, seed);

    private static (TimeSpan Median, TimeSpan Most) SyncOf(string? directory, TimeSpan? sync, TimeSpan? most)
    {
        if (directory is not null)
        {
            if (sync is not null || most is not null)
            {
                throw new UsageException("--measure and --sync are both given: --measure finds out what --sync says");
            }

            var path = Path.GetFullPath(directory);
            return Directory.Exists(path)
                ? SyncProbe.Percentiles(SyncProbe.Measure(new FileDisk(path)))
                : throw new UsageException($"--measure {path} is no directory: name one on the disk of the log");
        }

        var median = sync ?? Defaults.Sync;
        return most is null ? (median, 4 * median)
            : most >= median ? (median, most.Value)
            : throw new UsageException("--sync-p99 is below --sync: it is the 99th percentile, and --sync the median");
    }

    private static void Write(TextWriter output, Workload given, Forecast forecast, LayoutForecast? layout, bool isMeasured, bool isJson)
    {
        if (isJson)
        {
            PlanView.WriteJson(output, given, forecast);
            if (layout is not null)
            {
                PlanView.WriteJson(output, layout);
            }

            return;
        }

        if (isMeasured)
        {
            output.WriteLine($"A sync takes {TimeoutAdvice.Text(given.Sync)} (p50) and {TimeoutAdvice.Text(given.SyncMost)} (p99).");
        }

        PlanView.WriteText(output, given, forecast);
        if (layout is not null)
        {
            PlanView.WriteText(output, layout);
        }
    }

    /// <param name="value">The default; null: there is none.</param>
    private static Option<int?> Count(string name, string description, int least, int most, int? value = null) => new(name)
    {
        Description = value is null ? description : $"{description} Default: {value}.",
        HelpName = "n",
        CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var given)
                && given >= least && given <= most)
            {
                return given;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a number for {name}: write one from {least} to {most}");
            return null;
        },
    };

    private static Option<double?> Real(string name, string description, double value) => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{description} Default: {value}."),
        HelpName = "n",
        CustomParser = result =>
        {
            if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var given)
                && given > 0 && given <= RealMax)
            {
                return given;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a number for {name}: write one above 0");
            return null;
        },
    };

    private static Option<long?> Size(string name, string description, long value, string help = "size", long least = 0) => new(name)
    {
        Description = $"{description} Default: {(help == "n" ? $"{value}" : ByteSize.Exact(value))}.",
        HelpName = help,
        CustomParser = result =>
        {
            if (ByteSize.TryParse(result.Tokens[0].Value, out var given) && given >= least)
            {
                return given;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a size for {name}: write {ByteSize.Forms}, {least} at least");
            return null;
        },
    };

    /// <param name="value">The default; null: the description has it.</param>
    private static Option<TimeSpan?> Span(string name, string description, TimeSpan? value = null, bool isPositive = false) => new(name)
    {
        Description = value is { } known ? $"{description} Default: {TimeoutAdvice.Text(known)}." : description,
        HelpName = "time",
        CustomParser = result =>
        {
            if (Duration.TryParse(result.Tokens[0].Value, TimeSpan.FromMilliseconds(1), out var given)
                && given <= SpanMax && !(isPositive && given == TimeSpan.Zero))
            {
                return given;
            }

            result.AddError(
                $"'{result.Tokens[0].Value}' is not a time for {name}: write 250us, 2ms or 1s; a number alone means milliseconds");
            return null;
        },
    };
}
