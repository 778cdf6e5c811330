using System.Diagnostics;

namespace RaftActors.Telemetry;

/// <summary>
/// Spans that begin in one message and end in a later one. Neither changes <see cref="Activity.Current"/>: the thread of an actor runs
/// other actors next.
/// </summary>
internal static class Spans
{
    public const string Append = "raft.append";
    public const string Propose = "raft.propose";
    public const string Replicate = "raft.replicate";
    public const string Apply = "raft.apply";

    /// <param name="parent">The default: <see cref="Activity.Current"/>, if there is one.</param>
    /// <returns>Null if there is no listener, or none samples the trace.</returns>
    public static Activity? Begin(string name, ActivityKind kind, ActivityContext parent, ProcessTags tags)
    {
        if (!RaftTelemetry.Source.HasListeners())
        {
            return null;
        }

        var current = Activity.Current;
        var span = RaftTelemetry.Source.StartActivity(name, kind, parent, [tags.Group, tags.Process]);
        Activity.Current = current;
        return span;
    }

    public static void End(Activity? span)
    {
        if (span is not null)
        {
            var current = Activity.Current;
            span.Dispose();
            Activity.Current = current;
        }
    }
}
