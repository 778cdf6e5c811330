using System.Collections.Concurrent;

using Akka.Actor;
using Akka.Event;

using RaftActors.Coordination;

namespace RaftActors.Dashboard.Sampling;

/// <summary>
/// Samples the groups that pages show, for all browsers: once in each interval, and soon after an event. It runs while there are listeners,
/// and asks nothing otherwise. Thread-safe.
/// </summary>
internal sealed class Sampler
{
    public const int ListenersMax = 200;

    // The most groups that are asked for one sample. With more groups they take turns, and those that a page shows come first.
    private const int AskedMax = 32;

    // The time for which a sample waits for answers. Later answers are in the next sample.
    private static readonly TimeSpan AnswerWait = TimeSpan.FromMilliseconds(250);

    // The least time between two samples, because events come in bursts: an election has several on each node.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly ActorSystem _system;
    private readonly Raft _raft;
    private readonly EventMemory _events;
    private readonly TimeSpan _interval;
    private readonly IReadOnlyCollection<string> _named;
    private readonly CoordinationPoll _coordination;
    private readonly IReadOnlyDictionary<string, Func<CommittedPair, string?>> _values;
    private readonly ConcurrentDictionary<string, GroupPoll> _polls = new(StringComparer.Ordinal);
    private ImmutableList<Listener> _listeners = [];
    private Task _running = Task.CompletedTask;
    private TaskCompletionSource _event = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Sampler(ActorSystem system, RaftDashboardOptions options, CoordinationPoll? coordination = null)
    {
        (_system, _raft, _interval, _named) = (system, Raft.Get(system), options.Interval, [.. options.Groups]);
        (_coordination, _values) = (coordination ?? new CoordinationPoll(system), options.Values);
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
    /// <param name="subject">The page that the browser shows.</param>
    /// <param name="owner">The user, or the address of a browser without one.</param>
    /// <returns>Null if there are too many already, most of them of this owner.</returns>
    public Listener? Listen(Subject subject, string owner)
    {
        lock (_lock)
        {
            if (_listeners.Count >= ListenersMax && !HasRoomFor(owner))
            {
                return null;
            }

            var listener = new Listener(subject, owner, Remove);
            _listeners = _listeners.Add(listener);
            _running = _running.IsCompleted ? Task.Run(GuardAsync) : _running;
            return listener;
        }
    }

    /// <summary>Takes one sample, for a page.</summary>
    public async Task<Sample> TakeAsync(Subject subject)
    {
        HashSet<Subject> shown = [subject];
        await AskAsync(shown).WaitAsync(AnswerWait * 4).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Take(null, null, shown);
    }

    public RaftCoordination? Coordination => _coordination.Coordination;

    /// <summary>Returns the client of a group that is shown, or null if there is no such group.</summary>
    public RaftClient? ClientOf(string group) => Groups().Contains(group, StringComparer.Ordinal) ? PollOf(group).Client : null;

    // The owner with the most listeners loses its oldest one, so that browsers of one owner keep out nobody else.
    private bool HasRoomFor(string owner)
    {
        var crowd = _listeners.GroupBy(each => each.Owner, StringComparer.Ordinal).MaxBy(each => each.Count());
        if (crowd is null || crowd.Key == owner)
        {
            return false;
        }

        var leaving = crowd.First();
        _listeners = _listeners.Remove(leaving);
        leaving.End();
        return true;
    }

    private void Remove(Listener listener)
    {
        lock (_lock)
        {
            _listeners = _listeners.Remove(listener);
        }

        // Wakes the loop, which would otherwise notice the end of the last listener only after the interval.
        Volatile.Read(ref _event).TrySetResult();
    }

    // A failure ends the streams, so the browsers connect again and restart the sampler.
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
            var shown = listeners.Select(listener => listener.Subject).ToHashSet();
            await AskAsync(shown).WaitAsync(AnswerWait).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var sample = Take(previous, times, shown);
            foreach (var listener in Volatile.Read(ref _listeners))
            {
                listener.Give(sample);
            }

            previous = sample;
            await Task.Delay(Pause).ConfigureAwait(false);
            await Task.WhenAny(Volatile.Read(ref _event).Task, next).ConfigureAwait(false);
        }
    }

    // Takes the lock, so that a new listener either is seen here or restarts the sampler.
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

    private IEnumerable<string> Groups() => _raft.Groups.Concat(_named).Distinct(StringComparer.Ordinal);

    private Task AskAsync(IReadOnlySet<Subject> shown)
    {
        var first = shown.Select(GroupOf).ToHashSet(StringComparer.Ordinal);
        var isShown = IsShown(shown);
        var due = Groups().Where(isShown).Select(each => (Name: each, Poll: PollOf(each)))
            .OrderByDescending(each => first.Contains(each.Name))
            .ThenBy(each => each.Poll.AskedAt)
            .Take(AskedMax)
            .ToList();
        var own = first.OfType<string>().SelectMany(_raft.ProcessesOf)
            .ToLookup(process => process.Group, process => process.Name, StringComparer.Ordinal);
        var explained = due.Where(each => shown.Contains(new Subject(PageKind.Group, each.Name))).Select(each =>
            each.Poll.ExplainAsync(own[each.Name].Select(name => (ProcessName?)name).FirstOrDefault()));
        var coordination = shown.Select(each => each switch
        {
            { Kind: PageKind.Coordination or PageKind.Lock } => _coordination.AskAsync(each.Name),
            _ => Task.CompletedTask,
        });
        return Task.WhenAll([.. due.Select(each => each.Poll.AskAsync()), .. explained, .. coordination]);
    }

    // The overview shows all groups. Other pages do not pay for groups that they do not show.
    private Func<string, bool> IsShown(IReadOnlySet<Subject> shown)
    {
        if (shown.Any(each => each.Kind == PageKind.Overview))
        {
            return _ => true;
        }

        var groups = shown.Select(GroupOf).Concat(shown.Where(each => each.Kind == PageKind.Shards)
            .SelectMany(each => _raft.Shards.Where(shards => shards.Name == each.Name))
            .SelectMany(shards => shards.All)
            .Select(shard => shard.Group));
        return groups.ToHashSet(StringComparer.Ordinal).Contains;
    }

    // Returns the group whose state a page shows, or null for all groups alike.
    private string? GroupOf(Subject subject) => subject.Kind switch
    {
        PageKind.Group or PageKind.Log => subject.Name,
        PageKind.Coordination or PageKind.Lock => _coordination.Group,
        _ => null,
    };

    private Sample Take(Sample? previous, CommitTimes? times, IReadOnlySet<Subject> shown)
    {
        var isShown = IsShown(shown);
        var own = Groups().Where(isShown).SelectMany(_raft.ProcessesOf).ToLookup(process => process.Group, StringComparer.Ordinal);
        var at = DateTimeOffset.UtcNow;
        var views = Groups().Where(isShown).Order(StringComparer.Ordinal).Select(group =>
        {
            var poll = _polls.GetValueOrDefault(group);
            var view = GroupView.Of(group, [.. own[group]], poll?.Status) with
            {
                Explanation = poll?.Explanation,
                Events = _events.Of(group),
                Times = own[group].Select(process => times?.Take(group, process.Name)).MaxBy(each => each?.Count),
            };
            var before = previous?.Find(group);
            var seconds = previous is null ? 0 : (at - previous.At).TotalSeconds;
            return view with { Rate = before is null || seconds <= 0 ? null : Math.Max(0, view.Committed - before.Committed) / seconds };
        }).ToImmutableArray();
        return new Sample(at, views, [.. _raft.Shards])
        {
            CoordinationGroup = views.FirstOrDefault(each => each.Name == _coordination.Group),
            Coordination = _coordination.Find(null),

            Locks = shown.Where(each => each.Kind == PageKind.Lock)
                .Select(each => (Name: each.Name!, View: _coordination.Find(each.Name!)))
                .Where(each => each.View is not null)
                .ToDictionary(each => each.Name, each => each.View!),
            Logs = shown.Where(each => each.Kind == PageKind.Log).Select(each => (Group: each.Name!, View: LogOf(each.Name!)))
                .Where(each => each.View is not null)
                .ToDictionary(each => each.Group, each => each.View!),
        };
    }

    private LogView? LogOf(string group) => _raft.LatestPairs(group, LogView.PairsMax) is { } pairs ? new(
        _raft.ProcessesOf(group).FirstOrDefault(process => process.IsOpen)?.Name,
        pairs,
        _values.GetValueOrDefault(group)) : null;

    private GroupPoll PollOf(string group) => _polls.GetOrAdd(group, name => new GroupPoll(_raft, name));
}
