using Akka.Actor;

namespace Akka.TestKit;

/// <summary>An active set of filters. Counts matching events and keeps them out of the log.</summary>
internal sealed class EventCounter : IUnmutableFilter
{
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<EventFilter> _filters;
    private readonly int _expected;
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;

    public EventCounter(ActorSystem system, IReadOnlyList<EventFilter> filters, int expected)
    {
        _system = system;
        _filters = filters;
        _expected = expected;
        if (expected == 0)
        {
            _reached.SetResult();
        }

        // Later events reach the logger after this message, so no event is missed.
        system.EventStream.Publish(new TestEventListener.Mute(this));
    }

    /// <summary>Completes when the expected number is reached.</summary>
    public Task Reached => _reached.Task;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Only the logger calls it, so one thread at a time.</summary>
    public bool Takes(object happening)
    {
        if (!_filters.Any(filter => filter.IsMatch(happening)))
        {
            return false;
        }

        Volatile.Write(ref _count, _count + 1);
        if (_count == _expected)
        {
            _reached.SetResult();
        }

        return true;
    }

    public void Unmute() => _system.EventStream.Publish(new TestEventListener.Unmute(this));

    public void Dispose() => Unmute();
}
