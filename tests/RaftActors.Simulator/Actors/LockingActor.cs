using Akka.Actor;

using RaftActors.Coordination;

namespace RaftActors.Simulator.Actors;

/// <summary>An actor of each node of the coordination group. It acquires and releases locks by message, and at times it fails.</summary>
internal sealed class LockingActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private readonly IActorRef _coordination = RaftCoordination.Get(Context.System).Actor;
    private readonly Dictionary<string, RaftLock> _held = [];
    private readonly CoordinationBook _book;
    private readonly Func<int, int> _next;

    /// <param name="next">A number that the seed chooses, below another one.</param>
    public LockingActor(CoordinationBook book, Func<int, int> next)
    {
        (_book, _next) = (book, next);
        Receive<Turn>(_ => Act());
        Receive<CoordinationEvent.Acquired>(acquired =>
        {
            _book.OnAcquired(acquired.Lock);
            _held[acquired.Lock.Name] = acquired.Lock;
        });
        Receive<CoordinationEvent.Lost>(lost => _held.Remove(lost.Name));
        Receive<CoordinationEvent>(_ => { });
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart() => Timers.StartPeriodicTimer(Turn.Instance, Turn.Instance, Period);

    private void Act()
    {
        foreach (var held in _held.Values)
        {
            _book.OnUse(held);
        }

        var name = CoordinationWorkload.Locks[_next(CoordinationWorkload.Locks.Length)];
        switch (_next(8))
        {
            case 0 when Context.System.Scheduler.MonotonicClock < CoordinationWorkload.FaultsLast:
                _coordination.Tell(new CoordinationCommand.Acquire(name, Waits: _next(2) == 0));
                break;
            case 1 when Context.System.Scheduler.MonotonicClock < CoordinationWorkload.FaultsLast && _next(10) == 0:
                throw new InvalidOperationException("The actor fails. What it held is released.");
            case 2 or 3 or 4:
                _held.Remove(name);
                _coordination.Tell(new CoordinationCommand.Release(name));
                break;
        }
    }

    private sealed class Turn
    {
        public static Turn Instance { get; } = new();
    }
}
