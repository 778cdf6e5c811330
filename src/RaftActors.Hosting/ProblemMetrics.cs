using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

using Akka.Actor;

using RaftActors.Coordination;

namespace RaftActors.Hosting;

/// <summary>
/// <c>raft.problems</c>: what the health checks of a node report, as a gauge. A problem that has ended is observed as 0, because
/// OpenTelemetry exports the last value of a series that is no longer observed. Thread-safe.
/// </summary>
/// <param name="find">Returns the problems of now. It is called by each listener, so it must not ask other nodes.</param>
internal sealed class ProblemMetrics(Func<IEnumerable<(string Group, string Process, string Kind)>> find) : IDisposable
{
    private static readonly Meter Meter = new(Raft.TelemetryName);
    private static readonly ConcurrentDictionary<ProblemMetrics, bool> Running = [];
    private static readonly ObservableGauge<int> All = Meter.CreateObservableGauge(
        "raft.problems",
        () => Running.Keys.SelectMany(metrics => metrics.Observe()),
        "{problem}",
        "1 while a health check reports the problem.");

    private readonly HashSet<(string Group, string Process, string Kind)> _known = [];

    /// <summary>Observes the raft processes and the coordination of a system until it terminates.</summary>
    public static void Add(ActorSystem system)
    {
        var metrics = new ProblemMetrics(() => [.. OfProcesses(system), .. OfCoordination(system)]).Begin();
        system.RegisterOnTermination(metrics.Dispose);
    }

    public ProblemMetrics Begin()
    {
        Running.TryAdd(this, true);
        return this;
    }

    public void Dispose() => Running.TryRemove(this, out _);

    private static IEnumerable<(string Group, string Process, string Kind)> OfProcesses(ActorSystem system) =>
        from process in system.HasExtension<Raft>() ? Raft.Get(system).Processes : []
        from problem in process.Problems
        select (process.Group, process.Name.Value, problem.Kind);

    // Its problems have no kind of their own.
    private static IEnumerable<(string Group, string Process, string Kind)> OfCoordination(ActorSystem system) =>
        system.HasExtension<RaftCoordination>() && RaftCoordination.Get(system) is var own
            ? own.Problems.Select(problem => (
                own.Group, Raft.Get(system).Node, problem.Severity == ProblemSeverity.Risk ? "SessionLate" : "NoLease"))
            : [];

    private List<Measurement<int>> Observe()
    {
        var now = find().ToHashSet();
        lock (_known)
        {
            _known.UnionWith(now);
            return [.. _known.Select(each => new Measurement<int>(
                now.Contains(each) ? 1 : 0, new("raft.group", each.Group), new("raft.process", each.Process), new("kind", each.Kind)))];
        }
    }
}
