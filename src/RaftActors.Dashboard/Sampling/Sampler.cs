using System.Collections.Concurrent;
using System.Collections.Immutable;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// Samples the groups of one host for all browsers: once in each interval, and soon after an event. It runs while there are listeners, and
/// asks nothing otherwise. Thread-safe.
/// </summary>
internal sealed class Sampler
{
    /// <summary>The most browsers that listen at a time.</summary>
    public const int ListenersMax = 200;

    // The most groups that are asked for one sample. With more groups they take turns, and those that a page shows come first.
    private const int AskedMax = 32;

    // A sample waits so long for answers. Later ones are in the next sample.
    private static readonly TimeSpan AnswerWait = TimeSpan.FromMilliseconds(250);

    // Events come in bursts: an election has several on each node.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly ActorSystem _system;
    private readonly Raft _raft;
    private readonly EventMemory _events;
    private readonly TimeSpan _interval;
    private readonly IReadOnlyCollection<string> _named;
    private readonly ConcurrentDictionary<string, GroupPoll> _polls = new(StringComparer.Ordinal);
    private ImmutableList<Listener> _listeners = [];
    private Task _running = Task.CompletedTask;
    private TaskCompletionSource _event = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="named">Groups besides those that the host uses.</param>
    public Sampler(ActorSystem system, TimeSpan interval, IReadOnlyCollection<string> named)
    {
        (_system, _raft, _interval, _named) = (system, Raft.Get(system), interval, named);
        _events = EventMemory.In(system);
        _events.OnEvent = () => Volatile.Read(ref _event).TrySetResult();
    }

    /// <summary>Completed while it does not run, and otherwise when it stops.</summary>
    public Task Stopped
    {
        get
        {
            lock (_lock)
            {
                return _running;
            }
        }
    }

    /// <summary>Adds a listener, and starts to sample.</summary>
    /// <param name="group">The group that the browser shows. Null: all.</param>
    /// <returns>Null: there are too many already.</returns>
    public Listener? Listen(string? group)
    {
        lock (_lock)
        {
            if (_listeners.Count >= ListenersMax)
            {
                return null;
            }

            var listener = new Listener(group, Remove);
            _listeners = _listeners.Add(listener);
            _running = _running.IsCompleted ? Task.Run(GuardAsync) : _running;
            return listener;
        }
    }

    /// <summary>Takes one sample, for a page.</summary>
    /// <param name="group">The group that the page shows. Null: all.</param>
    public async Task<Sample> TakeAsync(string? group)
    {
        var shown = group is null ? [] : new HashSet<string>(StringComparer.Ordinal) { group };
        await AskAsync(Groups(), shown).WaitAsync(AnswerWait * 4).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Take(null, null);
    }

    /// <summary>The client of a group that is shown. Null: there is no such group.</summary>
    public RaftClient? ClientOf(string group) =>
        Groups().TryGetValue(group, out var contacts) ? PollOf(group, contacts).Client : null;

    private void Remove(Listener listener)
    {
        lock (_lock)
        {
            _listeners = _listeners.Remove(listener);
        }

        // Otherwise it would notice the last one's end only after the interval.
        Volatile.Read(ref _event).TrySetResult();
    }

    // A failure ends the streams, so the browsers connect again and start the sampler anew.
    private async Task GuardAsync()
    {
        try
        {
            await RunAsync().ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            _system.Log.Error(cause, "The dashboard took no sample.");
            foreach (var listener in Volatile.Read(ref _listeners))
            {
                listener.End();
            }
        }
    }

    private async Task RunAsync()
    {
        using CommitTimes times = new();
        Sample? previous = null;
        while (TryContinue() is { Count: > 0 } listeners)
        {
            var next = Task.Delay(_interval);
            Volatile.Write(ref _event, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            var shown = listeners.Select(listener => listener.Group).OfType<string>().ToHashSet(StringComparer.Ordinal);
            await AskAsync(Groups(), shown).WaitAsync(AnswerWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var sample = Take(previous, times);
            foreach (var listener in Volatile.Read(ref _listeners))
            {
                listener.Give(sample);
            }

            previous = sample;
            await Task.Delay(Pause).ConfigureAwait(false);
            await Task.WhenAny(Volatile.Read(ref _event).Task, next).ConfigureAwait(false);
        }
    }

    // Under the lock, so that a new listener either is seen here or starts the sampler again.
    private ImmutableList<Listener> TryContinue()
    {
        lock (_lock)
        {
            if (_listeners.IsEmpty)
            {
                _running = Task.CompletedTask;
            }

            return _listeners;
        }
    }

    // The groups of the host, with contacts of their clients.
    private Dictionary<string, IReadOnlyList<string>?> Groups()
    {
        var groups = _raft.Processes.Select(process => process.Group).Concat(_named).Distinct(StringComparer.Ordinal)
            .ToDictionary(group => group, _ => (IReadOnlyList<string>?)null, StringComparer.Ordinal);
        foreach (var (group, contacts) in _raft.ClientGroups)
        {
            groups[group] = contacts;
        }

        return groups;
    }

    private Task AskAsync(Dictionary<string, IReadOnlyList<string>?> groups, IReadOnlySet<string> shown)
    {
        var due = groups.Select(each => (Name: each.Key, Poll: PollOf(each.Key, each.Value)))
            .OrderByDescending(each => shown.Contains(each.Name))
            .ThenBy(each => each.Poll.AskedAt)
            .Take(AskedMax)
            .ToList();
        var own = _raft.Processes.ToLookup(process => process.Group, process => process.Name, StringComparer.Ordinal);
        var explained = due.Where(each => shown.Contains(each.Name)).Select(each =>
            each.Poll.ExplainAsync(own[each.Name].Select(name => (ProcessName?)name).FirstOrDefault()));
        return Task.WhenAll([.. due.Select(each => each.Poll.AskAsync()), .. explained]);
    }

    private Sample Take(Sample? previous, CommitTimes? times)
    {
        var own = _raft.Processes.ToLookup(process => process.Group, StringComparer.Ordinal);
        var at = DateTimeOffset.UtcNow;
        var views = Groups().Keys.Order(StringComparer.Ordinal).Select(group =>
        {
            var poll = _polls.GetValueOrDefault(group);
            var view = GroupView.Of(group, [.. own[group]], poll?.Status, poll?.Failure) with
            {
                Explanation = poll?.Explanation,
                Events = _events.Of(group),
                Times = own[group].Select(process => times?.Take(group, process.Name)).MaxBy(each => each?.Count),
            };
            var before = previous?.Find(group);
            var seconds = previous is null ? 0 : (at - previous.At).TotalSeconds;
            return view with { Rate = before is null || seconds <= 0 ? null : Math.Max(0, view.Committed - before.Committed) / seconds };
        });
        return new Sample(at, [.. views], [.. _raft.Shards]);
    }

    private GroupPoll PollOf(string group, IReadOnlyList<string>? contacts) =>
        _polls.GetOrAdd(group, name => new GroupPoll(_raft, name, contacts));
}
