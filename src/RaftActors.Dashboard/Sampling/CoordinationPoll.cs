using System.Collections.Concurrent;

using Akka.Actor;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// Asks the coordination of this node for its sessions and locks. Does not start the coordination: with it the node would open a session.
/// Thread-safe.
/// </summary>
internal sealed class CoordinationPoll(ActorSystem system)
{
    // As long as for the status of a group.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(3);

    private readonly Once _overview = new();
    private readonly ConcurrentDictionary<string, LockPoll> _locks = new(StringComparer.Ordinal);

    /// <summary>The name of the coordination group. Null: this node has no coordination.</summary>
    public string? Group => Coordination?.Group;

    /// <summary>Sessions and locks. Null: none was asked for.</summary>
    public CoordinationView? All { get; private set; }

    /// <summary>The number of locks that it remembers.</summary>
    public int Count => _locks.Count;

    /// <summary>The coordination of this node. Null: it has none.</summary>
    public RaftCoordination? Coordination => system.HasExtension<RaftCoordination>() ? RaftCoordination.Get(system) : null;

    /// <summary>One lock. Null: it was not asked for.</summary>
    public CoordinationView? Find(string name) => _locks.GetValueOrDefault(name)?.View;

    public Task AskAsync() => _overview.RunAsync(async () => All = await AskAsync(null, All).ConfigureAwait(false));

    public Task AskForLockAsync(string name)
    {
        // An answer that is late goes to this object, though the lock may have been forgotten.
        var poll = _locks.GetOrAdd(name, _ => new LockPoll());
        return poll.Once.RunAsync(async () => poll.View = await AskAsync(name, poll.View).ConfigureAwait(false));
    }

    /// <summary>Forgets all locks besides these, so that requests for many names do not fill the memory.</summary>
    public void Keep(IReadOnlySet<string> names)
    {
        foreach (var name in _locks.Keys.Where(name => !names.Contains(name)))
        {
            _locks.TryRemove(name, out _);
        }
    }

    private async Task<CoordinationView> AskAsync(string? name, CoordinationView? before)
    {
        using var limit = new CancellationTokenSource(AnswerTimeout);
        try
        {
            if (Coordination is not { } coordination)
            {
                return new CoordinationView(null, "This node has no coordination.");
            }

            return new CoordinationView(await coordination.DescribeAsync(name, limit.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException)
        {
            return new CoordinationView(
                before?.Overview, $"No process of the coordination answered within {AnswerTimeout.TotalSeconds} s.");
        }
        catch (Exception cause) when (cause is RaftException or ObjectDisposedException)
        {
            return new CoordinationView(before?.Overview, cause.Message);
        }
    }
}

/// <summary>One lock. Requests for it share a question.</summary>
internal sealed class LockPoll
{
    public Once Once { get; } = new();

    public CoordinationView? View { get; set; }
}

/// <summary>Sessions and locks at one moment.</summary>
/// <param name="Overview">The latest answer. Null: there was none yet.</param>
/// <param name="Failure">Why the latest question has no answer, as text for people. Null: it has one.</param>
internal sealed record CoordinationView(RaftOverview? Overview, string? Failure);
