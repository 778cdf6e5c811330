using System.Diagnostics;

using RaftActors.Settings;

namespace RaftActors.Telemetry;

/// <summary>
/// Spans that begin in one message and end in a later one. They do not change <see cref="Activity.Current"/>, because the thread of an
/// actor runs other actors next.
/// </summary>
internal static class Spans
{
    public const string Append = "raft.append";
    public const string Propose = "raft.propose";
    public const string Replicate = "raft.replicate";
    public const string Apply = "raft.apply";
    public const string Query = "raft.query";

    private static bool HasListeners => RaftTelemetry.Source.HasListeners() && Machine.Current.HasTelemetry;

    /// <param name="parent">With the default, the parent is <see cref="Activity.Current"/>, if there is one.</param>
    /// <returns>Null if there is no listener, or none samples the trace.</returns>
    public static Activity? Begin(string name, ActivityKind kind, ActivityContext parent, KeyValuePair<string, object?>[] tags)
    {
        if (!HasListeners)
        {
            return null;
        }

        var current = Activity.Current;
        var span = RaftTelemetry.Source.StartActivity(name, kind, parent, tags);
        Activity.Current = current;
        return span;
    }

    /// <summary>Begins a span of a client, below <see cref="Activity.Current"/>.</summary>
    /// <returns>Null if there is no listener, or none samples the trace.</returns>
    public static Activity? BeginOfClient(string name, string group) =>
        HasListeners ? Begin(name, ActivityKind.Client, default, [new("raft.group", group)]) : null;

    /// <summary>Makes a span <see cref="Activity.Current"/> until the result is disposed. Null changes nothing.</summary>
    public static Scope Enter(Activity? span)
    {
        var before = Activity.Current;
        Activity.Current = span ?? before;
        return new Scope(before);
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

    internal readonly ref struct Scope(Activity? before)
    {
        public void Dispose() => Activity.Current = before;
    }
}
