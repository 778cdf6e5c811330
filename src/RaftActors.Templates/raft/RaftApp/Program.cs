using Akka.Hosting;

using Microsoft.AspNetCore.Diagnostics.HealthChecks;

using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

using RaftActors;
using RaftActors.Hosting;

using RaftApp;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRaftOptions();
builder.Services.AddAkka("app", (akka, services) => akka
    .ConfigureLoggers(loggers => loggers.AddLoggerFactory())
    .WithRaft(services)
    .WithRaftActor<Counter>("counter")
    .WithRaftHealthChecks());
builder.Services.AddRaftClient<int, int>();
builder.Services.AddHealthChecks();
var telemetry = builder.Services.AddOpenTelemetry()
    .WithMetrics(metrics => metrics.AddMeter(Raft.TelemetryName).AddPrometheusExporter())
    // Without the source of the HTTP requests, their spans are not sampled, and neither are the spans below them.
    .WithTracing(traces => traces.AddSource("Microsoft.AspNetCore").AddSource(Raft.TelemetryName));
if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is not null)
{
    telemetry.UseOtlpExporter();
}

var app = builder.Build();

// Any node takes a click. The answer is the total, once a majority of the nodes has the click on disk.
app.MapPost("/clicks", async (RaftClient<int, int> counter) => await counter.AppendAsync("clicks", 1) switch
{
    { HasResult: true } outcome => Results.Text($"total {outcome.Result}\n"),
    { Failure: null } => Results.Text("counted\n"),
    { Failure: { Reason: FailureReason.Discarded or FailureReason.Invalid or FailureReason.HandlerFailed } refused } =>
        Results.Problem(refused.Detail, statusCode: 422),
    { Failure.Kind: FailureKind.NotDone } outcome => Results.Problem(outcome.Failure.Detail, statusCode: 503),
    { Failure.Reason: var reason } => Results.Problem($"The click is counted now, later or never: {reason}", statusCode: 504),
});
app.MapHealthChecks("/health", new HealthCheckOptions
{
    ResponseWriter = (context, report) => context.Response.WriteAsync(string.Concat(
        report.Entries.Select(check => $"{check.Key}: {check.Value.Status} {check.Value.Description}\n"))),
});
app.MapPrometheusScrapingEndpoint("/metrics");

// A live page of the group. It changes nothing without a policy: see RaftDashboardOptions.
app.MapRaftDashboard("/raft");
app.Run();
