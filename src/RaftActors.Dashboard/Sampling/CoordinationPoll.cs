using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// Asks the coordination of this node for its sessions and locks. Does not start the coordination, because the node would then open a
/// session. Thread-safe.
/// </summary>
internal sealed class CoordinationPoll(ActorSystem system)
{
    /// <summary>
    /// The most locks that are remembered, so that requests for many names do not fill the memory. All browsers that listen keep their
    /// locks, unless as many other names are asked for meanwhile.
    /// </summary>
    public const int PollsMax = Sampler.ListenersMax + 50;

    private const string All = "";

    // By the name of the only lock that was asked for.
    private readonly ConcurrentDictionary<string, Poll<RaftOverview>> _polls = new(StringComparer.Ordinal);

    /// <summary>The name of the coordination group, or null if this node has no coordination.</summary>
    public string? Group => Coordination?.Group;

    public int Count => _polls.Count;

    public RaftCoordination? Coordination => system.HasExtension<RaftCoordination>() ? RaftCoordination.Get(system) : null;

    /// <summary>Returns a lock, or with null all sessions and locks. Returns null if they were not asked for.</summary>
    public Polled<RaftOverview>? Find(string? name) => _polls.GetValueOrDefault(name ?? All)?.Latest;

    // A late answer goes to its poll, even if the lock was forgotten meanwhile.
    public Task AskAsync(string? name)
    {
        if (Coordination is not { } coordination)
        {
            return Task.CompletedTask;
        }

        foreach (var (oldest, _) in _polls.ToArray().OrderBy(each => each.Value.AskedAt).Take(_polls.Count - PollsMax))
        {
            _polls.TryRemove(oldest, out _);
        }

        return _polls.GetOrAdd(name ?? All, _ => new()).AskAsync(limit => coordination.DescribeAsync(name, cancellationToken: limit));
    }
}
