using System.Diagnostics.Metrics;

namespace RaftActors.Telemetry;

/// <summary>
/// <c>raft.transport.io</c>: the bytes of the messages between nodes, without those that the transport adds. All groups of a node share
/// its connections, so the tag names the actor system. Thread-safe.
/// </summary>
internal sealed class TransportMetrics(string system)
{
    private static readonly Counter<long> Bytes =
        RaftTelemetry.Meter.CreateCounter<long>("raft.transport.io", "By", "Bytes of messages to and from other nodes.");

    private readonly KeyValuePair<string, object?> _system = new("raft.system", system);

    public void OnSent(int size) => Add(size, "transmit");

    public void OnReceived(int size) => Add(size, "receive");

    private void Add(int size, string direction)
    {
        if (Bytes.Enabled)
        {
            Bytes.Add(size, _system, new("direction", direction));
        }
    }
}
