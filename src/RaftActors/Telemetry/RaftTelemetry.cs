using System.Diagnostics.Metrics;

namespace RaftActors;

/// <summary>
/// The metrics of all raft processes of this operating-system process. Listen by a <see cref="MeterListener"/>, or give
/// <see cref="Name"/> to a library such as OpenTelemetry. An instrument without a listener reads no clock and allocates nothing.
/// </summary>
public static class RaftTelemetry
{
    /// <summary>The name of the meter. The stores measure their syncs under the same name.</summary>
    public const string Name = "RaftActors";

    internal static Meter Meter { get; } = new(Name);
}
