using System.Collections.Concurrent;
using System.Diagnostics;

namespace RaftActors.Telemetry;

/// <summary>
/// The committed pairs with a sampled trace that the actor has not applied. The engine adds, and the actor takes. At most <see
/// cref="MaxCount"/> wait. Thread-safe.
/// </summary>
internal sealed class ApplySpans(ProcessTags tags)
{
    public const int MaxCount = 1024;

    private readonly ConcurrentDictionary<Serial, ActivityContext> _parents = [];

    public void Add(Serial serial, ActivityContext parent)
    {
        // A pair may never be applied, because a snapshot can replace it. Traces are samples, so the few that wait may be lost.
        if (_parents.Count >= MaxCount)
        {
            _parents.Clear();
        }

        _parents[serial] = parent;
    }

    /// <summary>
    /// Begins the span in which the actor applies the pair, as <see cref="Activity.Current"/>, so that the actor's own spans are below it.
    /// Returns null if the pair has no trace.
    /// </summary>
    public Activity? Begin(Serial serial) => !_parents.IsEmpty && _parents.TryRemove(serial, out var parent)
        ? RaftTelemetry.Source.StartActivity(Spans.Apply, ActivityKind.Internal, parent, [tags.Group, tags.Process])
        : null;
}
