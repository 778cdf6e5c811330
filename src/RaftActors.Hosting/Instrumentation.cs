using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace RaftActors.Hosting;

/// <summary>Adds the metrics and traces of raft processes to OpenTelemetry.</summary>
public static class Instrumentation
{
    /// <summary>Collects the metrics of all raft processes of this operating-system process. docs/operations.md lists them.</summary>
    /// <param name="metrics">The builder of the metrics.</param>
    /// <returns>The builder.</returns>
    public static MeterProviderBuilder AddRaftActorsInstrumentation(this MeterProviderBuilder metrics) =>
        metrics.AddMeter(RaftTelemetry.Name);

    /// <summary>Collects the spans of Appends and queries. One trace has spans on all nodes.</summary>
    /// <param name="traces">The builder of the traces.</param>
    /// <returns>The builder.</returns>
    public static TracerProviderBuilder AddRaftActorsInstrumentation(this TracerProviderBuilder traces) =>
        traces.AddSource(RaftTelemetry.Name);
}
