using System.Diagnostics.Tracing;

namespace RaftActors.Benchmarks.Actors;

/// <summary>Counts the bytes that the sockets of this process have sent, by the counters of .NET. Works with every actor runtime.</summary>
internal sealed class SocketBytes : EventListener
{
    private readonly SemaphoreSlim _reports = new(0);
    private long _sent;

    /// <summary>Waits for the next report of the counters, which comes every second.</summary>
    public long Read()
    {
        while (_reports.Wait(0))
        {
        }

        _reports.Wait();
        return Volatile.Read(ref _sent);
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Net.Sockets")
        {
            var interval = new Dictionary<string, string?> { ["EventCounterIntervalSec"] = "1" };
            EnableEvents(eventSource, EventLevel.Informational, EventKeywords.All, interval);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData is { EventName: "EventCounters", Payload: [IDictionary<string, object> counter, ..] }
            && counter.TryGetValue("Name", out var name)
            && name is "bytes-sent"
            && counter.TryGetValue("Mean", out var value))
        {
            Volatile.Write(ref _sent, (long)(double)value);
            _reports.Release();
        }
    }
}
