using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary>The metrics and traces of all raft processes of this program. The stores have a meter of the same name.</summary>
internal static class RaftTelemetry
{
    public const string Name = "RaftActors";

    public static Meter Meter { get; } = new(Name);

    public static ActivitySource Source { get; } = new(Name);
}
