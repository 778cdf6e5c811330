using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace RaftActors;

/// <summary>
/// The metrics and traces of all raft processes of this operating-system process. Listen by a <see cref="MeterListener"/> and an
/// <see cref="ActivityListener"/>, or give <see cref="Name"/> to a library such as OpenTelemetry. An instrument without a listener reads
/// no clock and allocates nothing. A log reads the clock around each sync anyway, for <see cref="RaftStatus.SyncTime"/>. An Append without
/// a sampled trace has no spans, and adds nothing to a message.
/// </summary>
public static class RaftTelemetry
{
    /// <summary>The name of the meter and of the activity source. The stores measure their syncs under the same name.</summary>
    public const string Name = "RaftActors";

    internal static Meter Meter { get; } = new(Name);

    internal static ActivitySource Source { get; } = new(Name);
}
