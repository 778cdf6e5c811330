using System.Diagnostics;

namespace RaftApp;

/// <summary>
/// Logs the spans of one source. One trace has spans on all nodes. OpenTelemetry's packages can replace this class. Thread-safe.
/// </summary>
public sealed class TraceLog : IHostedService, IDisposable
{
    private readonly ActivityListener _listener;

    public TraceLog(string source, ILogger<TraceLog> log) => _listener = new ActivityListener
    {
        ShouldListenTo = each => each.Name == source,
        Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        ActivityStopped = span => log.LogInformation(
            "{Trace} {Span} of {Process} took {Milliseconds} ms",
            span.TraceId,
            span.OperationName,
            span.GetTagItem("raft.process") ?? "a client",
            span.Duration.TotalMilliseconds),
    };

    public Task StartAsync(CancellationToken cancellationToken)
    {
        ActivitySource.AddActivityListener(_listener);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();
}
