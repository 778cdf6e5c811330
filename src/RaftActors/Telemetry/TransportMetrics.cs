using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary>
/// <c>raft.transport.*</c>: the messages between nodes. All groups of a node share its connections, so the tag names the actor system.
/// Thread-safe.
/// </summary>
internal sealed class TransportMetrics(string system)
{
    private static readonly Counter<long> Bytes =
        RaftTelemetry.Meter.CreateCounter<long>("raft.transport.io", "By", "Bytes of messages to and from other nodes.");

    private static readonly UpDownCounter<long> Connections = RaftTelemetry.Meter.CreateUpDownCounter<long>(
        "raft.transport.connections", "{connection}", "Connections of raft's own to other nodes.");

    private static readonly Counter<long> Dropped = RaftTelemetry.Meter.CreateCounter<long>(
        "raft.transport.dropped", "{message}", "Messages dropped because too many bytes waited for their node.");

    private readonly KeyValuePair<string, object?> _system = new("raft.system", system);

    public void OnSent(int size) => Add(size, "transmit");

    public void OnReceived(int size) => Add(size, "receive");

    public void OnConnected() => Connections.Add(1, _system);

    public void OnDisconnected() => Connections.Add(-1, _system);

    public void OnDropped() => Dropped.Add(1, _system);

    private void Add(int size, string direction)
    {
        if (Bytes.Enabled)
        {
            Bytes.Add(size, _system, new("direction", direction));
        }
    }
}
