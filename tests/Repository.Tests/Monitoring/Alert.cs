using System.Collections;
using System.Diagnostics.Metrics;
using System.Reflection;

using RaftActors;

namespace Repository.Tests.Monitoring;

/// <summary>An alert for Prometheus.</summary>
/// <param name="Kinds">The health rules that it stands for.</param>
/// <param name="When">The condition, for people.</param>
internal sealed record Alert(string Name, string[] Kinds, string Severity, string For, string Expr, string When, string Remedy)
{
    /// <summary>The only health rule without an alert: metrics do not tell the members.</summary>
    public const string Unseen = "TwoConfigurations";

    private const string Process = "{{ $labels.raft_process }} of group {{ $labels.raft_group }}";
    private const string Group = "Group {{ $labels.raft_group }}";
    private const string Node = "Node {{ $labels.instance }}";
    private const string Lags = "raft_peer_lag and on (raft_group, raft_process) raft_role == 3";
    private const string Look = "Look at the disk and the load of its node, and at the network.";

    // Minutes that a rule waits. A restart of a node shows these problems for a while, and the others after one minute.
    private static readonly Dictionary<string, int> Minutes = new()
    {
        ["Opening"] = 10,
        ["Founding"] = 5,
        ["Waiting"] = 15,
        ["Removed"] = 15,
        ["KnowsNoLeader"] = 2,
        ["Behind"] = 5,
        ["ReachesFew"] = 5,
    };

    private string Subject { get; init; } = Process;

    public string Summary => $"{Subject} {When}.";

    public static IReadOnlyDictionary<string, (string Severity, string Text, string? Remedy)> Rules { get; } = ReadRules();

    /// <summary>The instruments of the packages.</summary>
    public static IReadOnlyList<Instrument> Instruments { get; } = ReadInstruments();

    public static IReadOnlyList<Alert> All { get; } =
    [
        // Health rules that one process knows.
        .. new[]
        {
            "Failed", "NoActor", "Opening", "Fenced", "OldProgram", "Founding", "Waiting", "Removed", "Held", "NameConflict",
            "ContractConflict", "DiskNearlyFull", "KnowsNoLeader",
        }.Select(kind => OfRule(kind, Problem(kind))),
        OfRule("ReachesFew", Problem("ReachesFew"), "Narrow"),
        OfRule("Behind", Problem("Behind")) with { When = "lacks pairs that it knows as committed" },
        OfRule("Diverged", "raft_diverged == 1"),

        // Health rules of the coordination, of projections and of backups.
        new("RaftNoLease", ["NoLease"], "critical", "2m", Problem("NoLease"), "can acquire no lock and no lease",
            "See the health check raft-coordination of the node."),
        new("RaftSessionLate", ["SessionLate"], "warning", "0m", Problem("SessionLate"), "may soon lose its locks and leases",
            "See the health check raft-coordination of the node."),
        new("RaftProjectionEnded", ["ProjectionEnded"], "critical", "0m", Problem("ProjectionEnded"), "has ended",
            "See the health check raft-projections of the node, mend the cause, then restart the node."),
        new("RaftProjectionFails", ["ProjectionFails"], "warning", "5m", Problem("ProjectionFails"), "fails and tries again",
            "See the health check raft-projections of the node."),
        new("RaftBackupLate", ["BackupLate"], "warning", "0m", Problem("BackupLate"), "has no recent verified backup",
            "See the health check raft-backups of the node, and its log.") { Subject = Group },
        new("RaftBackupFails", ["BackupFails"], "warning", "5m", Problem("BackupFails"), "cannot make a backup, or finds a damaged one",
            "See the health check raft-backups of the node, and its log. It tries again by itself.") { Subject = Node },

        // Health rules that need several processes.
        OfRule("NoLeader", "max by (raft_group) (raft_role) < 3 or "
            + "max by (raft_group) (last_over_time(raft_role[1h])) * 0 unless on (raft_group) raft_role", "NoMajority") with
        {
            Subject = Group, Remedy = $"{Rules["NoMajority"].Remedy} {Rules["NoLeader"].Remedy}",
        },
        OfRule("TwoLeaders", "count by (raft_group) (raft_role == 3 and on (raft_group, raft_process) "
            + "(raft_term == on (raft_group) group_left () max by (raft_group) (raft_term))) > 1", "TwoGroups") with
        {
            Subject = Group, When = "has two leaders in one term, or another group has its name",
            Remedy = $"Another group: {Rules["TwoGroups"].Remedy} One group: {Rules["TwoLeaders"].Remedy}",
        },
        OfRule("Silent", $"group by (raft_group, raft_process) (label_replace({Lags}, \"raft_process\", \"$1\", \"peer\", \"(.+)\")) "
            + "unless on (raft_group, raft_process) raft_term") with { For = "5m" },
        OfRule("Stale", "raft_term < on (raft_group) group_left () max by (raft_group) (raft_term) and on (raft_group, raft_process) "
            + $"label_replace({Lags}, \"raft_process\", \"$1\", \"peer\", \"(.+)\")") with { For = "5m" },

        // Metrics.
        new("RaftPeerLags", ["Unreached"], "warning", "5m",
            "deriv(raft_peer_lag[5m]) > 0", "leads, and {{ $labels.peer }} lags more and more", Look),
        new("RaftAppendsUnknown", [], "warning", "0m", Grew("raft_appends_total{outcome=\"unknown\"}", "5m", 0),
            "does not know whether Appends were done", "Look for duplicates where callers repeated them."),
        new("RaftAppendsRefused", [], "warning", "1m", Grew("raft_appends_total{reason=~\"busy|disk_full\"}", "2m", 0),
            "refuses Appends: {{ $labels.reason }}", "busy: send less, or add groups. disk_full: make room on the disk."),
        new("RaftElections", [], "warning", "0m", Grew("raft_elections_total", "10m", 3.5), "had more than three elections in 10 min",
            "Look for overload, for pauses of the nodes, and at the network.") { Subject = Group },
        new("RaftApplySlow", [], "warning", "5m", P99("raft_apply_duration_seconds", "raft_group, raft_process", "0.01"),
            "applies 1 % of its pairs in more than 10 ms", "The actor limits the rate: do less in HandleAppend."),
        new("RaftSyncSlow", [], "warning", "5m", P99("raft_fsync_duration_seconds", "instance, raft_directory", "0.1"),
            "needs more than 100 ms for 1 % of the syncs in {{ $labels.raft_directory }}", "The disk is too slow.") { Subject = Node },
        new("RaftLogGrows", [], "warning", "1h",
            "raft_log_size_bytes > 2 * raft_snapshot_size_bytes and raft_log_size_bytes > 64e6 and deriv(raft_log_size_bytes[1h]) > 0",
            "takes no snapshots while its log grows", "Implement IRaftSnapshot, or look at the log of the node for the cause."),
        new("RaftMessagesDropped", [], "warning", "0m", Grew("raft_transport_dropped_total", "5m", 0), "dropped messages to a node",
            "That node reads too slowly. " + Look) { Subject = Node },
        new("RaftEffectsHang", [], "warning", "1m", "raft_effects_age_seconds > 300", "has an effect that has not ended for 5 min",
            "Look at its log for the failure, and mend the receiver."),
        new("RaftPendingGrows", [], "warning", "2m",
            "deriv(raft_pending{stage=\"actor\"}[2m]) > 0", "has more and more open Appends",
            "Send less, or look for what slows the leader: its disk or its actor."),
    ];

    /// <summary>The name that the exporter of OpenTelemetry for Prometheus gives.</summary>
    public static string NameOf(Instrument instrument) => instrument.Name.Replace('.', '_')
        + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" }
        + (instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? "_total" : "");

    private static Alert OfRule(string kind, string expr, params string[] more)
    {
        var (severity, text, remedy) = Rules[kind];
        return new(
            $"Raft{kind}", [kind, .. more], severity == "Risk" || remedy is null ? "warning" : "critical",
            $"{Minutes.GetValueOrDefault(kind, 1)}m", expr, text, remedy ?? "It ends by itself. If it lasts, run 'raft explain'.");
    }

    private static string Problem(string kind) => $"raft_problems{{kind=\"{kind}\"}} == 1";

    // A counter appears with its first value, of which increase() knows nothing. A gap of a few scrapes is no appearance.
    private static string Grew(string counter, string time, double limit) =>
        (limit > 0 ? "sum by (raft_group) " : "")
        + $"({counter} unless last_over_time({counter}[10m] offset {time}) or increase({counter}[{time}]))"
        + FormattableString.Invariant($" > {limit}");

    private static string P99(string histogram, string by, string limit) =>
        $"histogram_quantile(0.99, sum by ({by}, le) (rate({histogram}_bucket[5m]))) > {limit}";

    private static Dictionary<string, (string, string, string?)> ReadRules()
    {
        var rules = (IEnumerable)typeof(GroupStatus).Assembly.GetType("RaftActors.GroupHealth")!
            .GetField("Rules", BindingFlags.NonPublic | BindingFlags.Static)!.GetValue(null)!;
        return rules.Cast<object>().ToDictionary(rule => $"{Of(rule, "Kind")}", rule =>
            ($"{Of(rule, "Severity")}", $"{Of(rule, "Text")}", (string?)Of(rule, "Remedy")));

        static object? Of(object rule, string property) => rule.GetType().GetProperty(property)!.GetValue(rule);
    }

    private static List<Instrument> ReadInstruments() =>
    [
        .. from file in Directory.GetFiles(AppContext.BaseDirectory, "RaftActors*.dll")
           where !file.EndsWith("Tests.dll", StringComparison.Ordinal)
           from type in Assembly.LoadFrom(file).GetTypes()
           where !type.ContainsGenericParameters
           from field in type.GetFields(BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.Static)
           where typeof(Instrument).IsAssignableFrom(field.FieldType.GetElementType() ?? field.FieldType)
           from instrument in field.GetValue(null) is Instrument one ? [one] : (IEnumerable<Instrument>)field.GetValue(null)!
           orderby instrument.Name
           select instrument,
    ];
}
