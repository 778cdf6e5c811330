using Microsoft.AspNetCore.Diagnostics.HealthChecks;

using RaftActors;

using RaftApp;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddRaftActors(raft => raft.AddActor<Counter>("counter").AddClient<int, int>());
builder.Services.AddHealthChecks().AddRaftActors();
builder.Services.AddSingleton(new MetricsPage(RaftTelemetry.Name));
builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<TraceLog>(services, RaftTelemetry.Name));
var app = builder.Build();

// Any node takes a click. The answer is the total, once a majority of the nodes has the click on disk.
app.MapPost("/clicks", async (RaftClient<int, int> counter) => (await counter.AppendAsync("clicks", 1)).Match(
    done => Results.Text($"total {done.Result}\n"),
    notCommitted => Results.Problem(notCommitted.Detail, statusCode: 503),
    unknown => Results.Problem($"The click is counted now, later or never: {unknown.Reason}", statusCode: 504)));
app.MapHealthChecks("/health", new HealthCheckOptions
{
    ResponseWriter = (context, report) => context.Response.WriteAsync(string.Concat(
        report.Entries.Select(check => $"{check.Key}: {check.Value.Status} {check.Value.Description}\n"))),
});
app.MapGet("/metrics", (MetricsPage metrics) => Results.Text(metrics.Write(), "text/plain; version=0.0.4"));
app.Run();
