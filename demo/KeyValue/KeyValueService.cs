using Akka.Actor;
using Akka.Hosting;

using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

using RaftActors;
using RaftActors.Hosting;

namespace KeyValue;

/// <summary>One node of the service.</summary>
internal static class KeyValueService
{
    private const int ShardsMax = 65_536;

    public const string Help = """
        A replicated key/value service over HTTP. Each process is one node.

          run.sh                        three nodes on this machine, HTTP on 127.0.0.1:8081 to 8083
          KeyValue OPTIONS              one node

        Options, also as environment variables with __ for the colon (RaftActors__Node), or in appsettings.json:
          --urls URL                    where this node takes HTTP, such as http://127.0.0.1:8081
          --RaftActors:Node ADDRESS     the address of this node for the other nodes, such as 127.0.0.1:2551
          --RaftActors:Nodes:N ADDRESS  the nodes that found the groups, N from 0, such as 127.0.0.1:2551
          --RaftActors:StoreDirectory   the directory for logs and snapshots. Default: none, everything in memory
          --groups COUNT                how many groups share the keys, the same on all nodes for ever. Default: 1
          --OTEL_EXPORTER_OTLP_ENDPOINT where this node sends metrics and spans. Default: nowhere
        """;

    /// <exception cref="UsageException">The number of groups is wrong.</exception>
    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var shards = ShardsOf(builder.Configuration["groups"] ?? "1");
        builder.Services.AddRaftOptions();
        builder.Services.AddAkka("raft", (akka, services) => akka
            .ConfigureLoggers(loggers => loggers.AddLoggerFactory())
            .WithRaft(services)
            .WithRaftSetup(raft => raft.UseJson(KeyValueJson.Default))
            .WithRaftShards<KeyValueStore>(shards)
            .WithRaftHealthChecks());
        builder.Services.AddRaftClient<Change, Written>(shards);
        builder.Services.AddHealthChecks();
        AddTelemetry(builder);
        builder.Services.AddOpenApi();

        var app = builder.Build();
        KeyEndpoints.Map(app);
        WatchEndpoint.Map(app);
        NodeEndpoints.Map(app);
        app.MapGet("/status", (ActorSystem system) => StatusOf(system)).WithSummary("The groups as this node sees them.");
        app.MapRaftDashboard("/raft");
        app.MapPrometheusScrapingEndpoint("/metrics");
        MapHealth(app, "/healthz", _ => true);
        MapHealth(app, "/healthz/live", check => check.Tags.Contains("live"));
        MapHealth(app, "/healthz/ready", check => check.Tags.Contains("ready"));
        app.MapOpenApi();
        return app;
    }

    // Spans that no collector takes would only cost time.
    private static void AddTelemetry(WebApplicationBuilder builder)
    {
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddMeter(Raft.TelemetryName).AddPrometheusExporter());
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
        {
            // The span of an Append is below that of its HTTP request. If no one listened to the latter, neither would be sampled.
            telemetry
                .WithTracing(traces => traces.AddSource("Microsoft.AspNetCore").AddSource(Raft.TelemetryName))
                .UseOtlpExporter();
        }
    }

    private static RaftShards ShardsOf(string count) =>
        int.TryParse(count, out var number) && number is >= 1 and <= ShardsMax
            ? new RaftShards("kv", number)
            : throw new UsageException($"--groups is '{count}'. Use a number from 1 to {ShardsMax}.");

    private static IEnumerable<object> StatusOf(ActorSystem system) => Raft.Get(system).Processes.Select(process => new
    {
        process.Group,
        Process = process.Name.Value,
        Role = process.Role.ToString(),
        Term = process.Term,
        Leader = process.Leader?.Value,
        Delivered = process.Delivered.Value,
        Committed = process.Committed.Value,
        Voters = process.Members.Where(member => member.IsVoter).Select(member => member.Name.Value),
        Learners = process.Members.Where(member => !member.IsVoter).Select(member => member.Name.Value),
        Problem = process.Failure ?? process.Fence,
    });

    private static void MapHealth(WebApplication app, string path, Func<HealthCheckRegistration, bool> which) =>
        app.MapHealthChecks(path, new HealthCheckOptions
        {
            Predicate = which,
            ResponseWriter = (context, report) => context.Response.WriteAsync(string.Concat(
                report.Entries.Select(check => $"{check.Key}: {check.Value.Status} {check.Value.Description}\n"))),
        });
}

/// <summary>The options of the program cannot be used.</summary>
internal sealed class UsageException(string message) : Exception(message);
