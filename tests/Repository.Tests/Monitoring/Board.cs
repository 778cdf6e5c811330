using System.Text.Json;
using System.Text.Json.Nodes;

namespace Repository.Tests.Monitoring;

/// <summary>The board for Grafana.</summary>
internal static class Board
{
    private const string Mine = "raft_group=~\"$group\", instance=~\"$node\"";
    private const string Here = "instance=~\"$node\"";
    private const string Rate = "$__rate_interval";

    private static readonly (string Row, (string Title, string Unit, string Legend, string Expr)[] Panels)[] Rows =
    [
        ("Group",
        [
            ("Problems", "none", "{{raft_process}} {{kind}}", $"raft_problems{{{Mine}}}"),
            ("Role (3: leader)", "none", "{{raft_process}}", $"raft_role{{{Mine}}}"),
            ("Term", "none", "{{raft_process}}", $"raft_term{{{Mine}}}"),
            ("Elections in 10 min", "none", "{{raft_group}}", $"sum by (raft_group) (increase(raft_elections_total{{{Mine}}}[10m]))"),
            ("Different states", "none", "{{raft_process}}", $"raft_diverged{{{Mine}}}"),
        ]),
        ("Log",
        [
            ("Size of the log", "bytes", "{{raft_process}}", $"raft_log_size_bytes{{{Mine}}}"),
            ("Size of the snapshot", "bytes", "{{raft_process}}", $"raft_snapshot_size_bytes{{{Mine}}}"),
            ("Lag of peers of leaders", "none", "{{raft_process}} {{peer}}",
                $"raft_peer_lag{{{Mine}}} and on (raft_group, raft_process) raft_role == 3"),
            ("Time in the actor, p99", "s", "{{raft_process}}", P99("raft_apply_duration_seconds", Mine, "raft_process")),
        ]),
        ("Network",
        [
            ("Bytes of messages", "Bps", "{{instance}} {{direction}}", $"rate(raft_transport_io_bytes_total{{{Here}}}[{Rate}])"),
            ("Connections", "none", "{{instance}}", $"raft_transport_connections{{{Here}}}"),
            ("Dropped messages", "none", "{{instance}}", $"increase(raft_transport_dropped_total{{{Here}}}[{Rate}])"),
        ]),
        ("Store",
        [
            ("Sync, p99", "s", "{{instance}} {{raft_directory}}", P99("raft_fsync_duration_seconds", Here, "instance, raft_directory")),
            ("Entries of a sync, p99", "none", "{{instance}} {{raft_directory}}",
                P99("raft_fsync_entries", Here, "instance, raft_directory")),
        ]),
        ("Clients",
        [
            ("Appends", "ops", "{{raft_group}} {{outcome}} {{reason}}",
                $"sum by (raft_group, outcome, reason) (rate(raft_appends_total{{{Mine}}}[{Rate}]))"),
            ("Queries", "ops", "{{raft_group}} {{consistency}} {{outcome}}",
                $"sum by (raft_group, consistency, outcome) (rate(raft_reads_total{{{Mine}}}[{Rate}]))"),
            ("Time to commit, p99", "s", "{{raft_process}}", P99("raft_commit_duration_seconds", Mine, "raft_process")),
            ("Open Appends", "none", "{{raft_process}} {{stage}}", $"raft_pending{{{Mine}}}"),
        ]),
        ("Effects",
        [
            ("Effects that have not ended", "none", "{{raft_process}}", $"raft_effects{{{Mine}}}"),
            ("Age of the oldest effect", "s", "{{raft_process}}", $"raft_effects_age_seconds{{{Mine}}}"),
        ]),
        ("Coordination, projections and backups",
        [
            ("Locks and leases", "none", "{{raft_process}} {{kind}}", $"raft_problems{{{Here}, kind=~\"NoLease|SessionLate\"}}"),
            ("Projections", "none", "{{raft_process}} {{kind}}", $"raft_problems{{{Here}, kind=~\"Projection.+\"}}"),
            ("Backups", "none", "{{raft_group}} {{kind}}", $"raft_problems{{{Here}, kind=~\"Backup.+\"}}"),
            ("Appends of the coordination", "ops", "{{outcome}} {{reason}}",
                $"sum by (outcome, reason) (rate(raft_appends_total{{{Here}, raft_group=\"coordination\"}}[{Rate}]))"),
        ]),
    ];

    public static string Text { get; } = new JsonObject
    {
        ["title"] = "RaftActors",
        ["uid"] = "raftactors",
        ["tags"] = new JsonArray("raft"),
        ["schemaVersion"] = 39,
        ["editable"] = true,
        ["refresh"] = "30s",
        ["time"] = new JsonObject { ["from"] = "now-1h", ["to"] = "now" },
        ["templating"] = new JsonObject
        {
            ["list"] = new JsonArray(
                new JsonObject { ["name"] = "datasource", ["label"] = "Data source", ["type"] = "datasource", ["query"] = "prometheus" },
                Variable("group", "Group", "label_values(raft_term, raft_group)"),
                Variable("node", "Node", "label_values(raft_term{raft_group=~\"$group\"}, instance)")),
        },
        ["panels"] = new JsonArray([.. Panels()]),
    }.ToJsonString(new JsonSerializerOptions
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    }) + "\n";

    private static JsonObject Source => new() { ["type"] = "prometheus", ["uid"] = "${datasource}" };

    private static string P99(string histogram, string selector, string by) =>
        $"histogram_quantile(0.99, sum by ({by}, le) (rate({histogram}_bucket{{{selector}}}[{Rate}])))";

    private static JsonObject Variable(string name, string label, string query) => new()
    {
        ["name"] = name,
        ["label"] = label,
        ["type"] = "query",
        ["datasource"] = Source,
        ["refresh"] = 2,
        ["sort"] = 1,
        ["multi"] = true,
        ["includeAll"] = true,
        ["allValue"] = ".*",
        ["current"] = new JsonObject { ["text"] = "All", ["value"] = "$__all" },
        ["definition"] = query,
        ["query"] = new JsonObject { ["query"] = query, ["refId"] = name },
    };

    private static IEnumerable<JsonNode> Panels()
    {
        var (id, y) = (0, 0);
        foreach (var (row, panels) in Rows)
        {
            yield return new JsonObject
            {
                ["id"] = ++id,
                ["type"] = "row",
                ["title"] = row,
                ["collapsed"] = false,
                ["gridPos"] = At(0, y++, 24, 1),
                ["panels"] = new JsonArray(),
            };
            for (var i = 0; i < panels.Length; i++)
            {
                var (title, unit, legend, expr) = panels[i];
                yield return new JsonObject
                {
                    ["id"] = ++id,
                    ["type"] = "timeseries",
                    ["title"] = title,
                    ["datasource"] = Source,
                    ["gridPos"] = At(i % 3 * 8, y + (i / 3 * 8), 8, 8),
                    ["fieldConfig"] = new JsonObject { ["defaults"] = new JsonObject { ["unit"] = unit }, ["overrides"] = new JsonArray() },
                    ["targets"] = new JsonArray(new JsonObject
                    {
                        ["refId"] = "A",
                        ["datasource"] = Source,
                        ["expr"] = expr,
                        ["legendFormat"] = legend,
                    }),
                };
            }

            y += (panels.Length + 2) / 3 * 8;
        }
    }

    private static JsonObject At(int x, int y, int w, int h) => new() { ["x"] = x, ["y"] = y, ["w"] = w, ["h"] = h };
}
