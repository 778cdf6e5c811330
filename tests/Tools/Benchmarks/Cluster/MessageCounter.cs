namespace RaftActors.Benchmarks.Cluster;

/// <summary>Counts the messages of RaftActors that this process sends to other nodes.</summary>
internal static class MessageCounter
{
    private static readonly MeterListener Listener = new();
    private static long _sent;

    /// <summary>0 before <see cref="Start"/>.</summary>
    public static long Sent => Volatile.Read(ref _sent);

    public static void Start()
    {
        Listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == Raft.TelemetryName && instrument.Name == "raft.transport.io")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        Listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "direction", Value: "transmit" })
                {
                    Interlocked.Increment(ref _sent);
                }
            }
        });
        Listener.Start();
    }
}
