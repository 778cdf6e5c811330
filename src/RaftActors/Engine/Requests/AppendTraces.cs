using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Engine.Requests;

/// <summary>
/// The sampled traces of the Appends in which this process takes part. A trace comes with the call of a client, and goes with the request
/// to the leader and with the entry to the other processes. Keeps at most <see cref="MaxTraces"/>, and forgets the oldest ones.
/// </summary>
internal sealed class AppendTraces(ProcessTelemetry telemetry) : IEntryPart
{
    public const int MaxTraces = 1024;

    private readonly Dictionary<RequestId, Trace> _traces = [];
    private readonly LinkedList<RequestId> _inOrder = [];

    /// <summary>Notes the trace of an Append of this process, a client or another process.</summary>
    public void Note(RequestId request, ActivityContext parent)
    {
        Forget(request);
        _traces.Add(request, new Trace(_inOrder.AddLast(request)) { Parent = parent });
        if (_inOrder.Count > MaxTraces)
        {
            Forget(_inOrder.First!.Value);
        }
    }

    /// <summary>The span of this leader begins, which ends when the pair is committed.</summary>
    public void BeginProposal(RequestId request)
    {
        if (_traces.Count > 0 && _traces.TryGetValue(request, out var trace))
        {
            trace.Begin(Spans.Propose, ActivityKind.Server, telemetry.Tags);
        }
    }

    /// <summary>Adds the trace to a request, if it is known.</summary>
    public WireMessage Attach(WireMessage.AppendRequest append) => _traces.Count > 0 && _traces.TryGetValue(append.Request, out var trace)
        ? new WireMessage.Traced([new TraceLink(append.Request, trace.Parent)], append)
        : append;

    /// <summary>Adds the known traces of its entries to a message of Core.</summary>
    public WireMessage Attach(Envelope envelope)
    {
        var message = new WireMessage.CoreMessage(envelope);
        if (_traces.Count == 0 || envelope.Body is not Message.AppendEntries append)
        {
            return message;
        }

        List<TraceLink> links = [];
        foreach (var entry in append.Entries)
        {
            if (Find(entry) is var (request, trace))
            {
                links.Add(new TraceLink(request, trace.Parent));
            }
        }

        return links.Count == 0 ? message : new WireMessage.Traced([.. links], message);
    }

    /// <summary>A client sent an Append with its trace. If it sends it again, the spans of the first attempt go on.</summary>
    public void Receive(ClientCall.Append call)
    {
        if (call.Parent is { } parent && !_traces.ContainsKey(call.Request))
        {
            Note(call.Request, parent);
        }
    }

    /// <summary>A message with traces arrived. Call it before the message inside is read.</summary>
    public void Receive(WireMessage.Traced traced)
    {
        foreach (var link in traced.Links)
        {
            Note(link.Request, link.Parent);
        }

        if (traced.Inner is WireMessage.CoreMessage { Envelope.Body: Message.AppendEntries append })
        {
            foreach (var entry in append.Entries)
            {
                if (Find(entry) is var (_, trace))
                {
                    trace.Index = entry.Index;
                    trace.Begin(Spans.Replicate, ActivityKind.Server, telemetry.Tags);
                }
            }
        }
    }

    /// <summary>This process tells the leader that its durable log agrees up to this index.</summary>
    public void OnAcknowledged(LogIndex match)
    {
        if (_traces.Count == 0)
        {
            return;
        }

        foreach (var trace in _traces.Values)
        {
            if (trace.Index is { } index && index <= match)
            {
                trace.End();
            }
        }
    }

    /// <summary>The entry is committed here, and the actor will apply it.</summary>
    public void OnCommitted(LogEntry entry)
    {
        if (_traces.Count > 0 && Find(entry) is var (request, trace))
        {
            telemetry.OnCommitted(entry.Serial, trace.Parent);
            Forget(request);
        }
    }

    public void OnStopped()
    {
        foreach (var trace in _traces.Values)
        {
            trace.End();
        }
    }

    private (RequestId Request, Trace Trace)? Find(LogEntry entry) =>
        entry.Request is { } request && _traces.TryGetValue(request, out var trace) ? (request, trace) : null;

    private void Forget(RequestId request)
    {
        if (_traces.Remove(request, out var trace))
        {
            trace.End();
            _inOrder.Remove(trace.Node);
        }
    }

    private sealed class Trace(LinkedListNode<RequestId> node)
    {
        private Activity? _span;

        public LinkedListNode<RequestId> Node { get; } = node;

        // The parent of the next span, which is the span of this process once that has begun.
        public ActivityContext Parent { get; set; }

        // Set on a process that replicates the entry.
        public LogIndex? Index { get; set; }

        public void Begin(string name, ActivityKind kind, KeyValuePair<string, object?>[] tags)
        {
            End();
            _span = Spans.Begin(name, kind, Parent, tags);
            Parent = _span?.Context ?? Parent;
        }

        public void End()
        {
            Spans.End(_span);
            _span = null;
        }
    }
}
