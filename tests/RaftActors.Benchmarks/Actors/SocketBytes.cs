using System.Diagnostics.Tracing;

namespace RaftActors.Benchmarks.Actors;

/// <summary>How many bytes the sockets of this process have sent, as the runtime counts them: under any actor runtime the same.</summary>
internal sealed class SocketBytes : EventListener
{
    private readonly SemaphoreSlim _reports = new(0);
    private long _sent;

    /// <summary>Waits for the next report, which comes each second.</summary>
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
