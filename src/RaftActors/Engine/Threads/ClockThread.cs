using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Event;

using RaftActors.Network;

namespace RaftActors.Engine;

/// <summary>
/// Wakes the engines of an actor system by a thread of its own. Akka.NET's scheduler runs the timers of the whole system one after
/// another, so an engine would delay the application's timers, and they would delay heartbeats. That scheduler also looks at its timers
/// only every 10 ms or more, while this thread wakes when an engine is due. While a single engine uses the clock, its short turns run
/// here, because a turn on the pool would wake a thread that then spins for more work.
/// </summary>
internal sealed class ClockThread(ITimeProvider time, ILoggingAdapter log) : ITickClock, IDisposable
{
    private static readonly ConditionalWeakTable<ActorSystem, ITickClock> OfSystems = [];

    private readonly object _lock = new();
    private readonly PriorityQueue<TickTimer, TimeSpan> _alarms = new();

    // The thread that waits for the next alarm, or null before the first alarm and after the end.
    private Thread? _owner;
    private bool _isInTurn;
    private bool _hasStopped;

    /// <summary>
    /// Returns the clock of an actor system. With another scheduler than Akka.NET's own, such as one with virtual time, the engines follow
    /// that scheduler.
    /// </summary>
    public static ITickClock Of(ActorSystem system) => OfSystems.GetValue(system, static each =>
    {
        if (each.Scheduler is not HashedWheelTimerScheduler scheduler)
        {
            return new SchedulerClock(each.Scheduler);
        }

        var clock = new ClockThread(scheduler, Logging.GetLogger(each, typeof(ClockThread)));
        each.RegisterOnTermination(clock.Dispose);
        return clock;
    });

    public void Set(TickTimer timer, TimeSpan at)
    {
        lock (_lock)
        {
            if (_hasStopped)
            {
                return;
            }

            _alarms.Enqueue(timer, at);
            if (_owner is null || (_isInTurn && _owner != Thread.CurrentThread))
            {
                // The thread runs an engine, and another engine must not wait for it. So a new thread takes over.
                _isInTurn = false;
                _owner = new Thread(Run) { IsBackground = true, Name = "raft-clock" };
                _owner.Start();
            }
            else if (_alarms.Peek() == timer)
            {
                Monitor.PulseAll(_lock);
            }
        }
    }

    /// <summary>Ends the thread. Later alarms are dropped.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            (_hasStopped, _owner) = (true, null);
            Monitor.PulseAll(_lock);
        }
    }

    private void Run()
    {
        while (WaitForNext() is var (timer, alarm))
        {
            try
            {
                var isShort = false;
                EngineDispatcher.BeginOffer();
                try
                {
                    isShort = timer.TellDue(alarm) == true;
                }
                finally
                {
                    EngineDispatcher.EndOffer(isTaken: isShort && TryBeginTurn());
                }
            }
            catch (Exception e)
            {
                log.Error(e, "An engine of raft failed on the thread of its clock"); // Leaving the thread, it would end the program.
            }
        }
    }

    // Null if another thread owns the clock by now.
    private (TickTimer Timer, TimeSpan Alarm)? WaitForNext()
    {
        lock (_lock)
        {
            while (_owner == Thread.CurrentThread)
            {
                _isInTurn = false;
                if (!_alarms.TryPeek(out var timer, out var at))
                {
                    Monitor.Wait(_lock);
                }
                else if (at - time.HighResMonotonicClock is var wait && wait > TimeSpan.Zero)
                {
                    Monitor.Wait(_lock, TimeSpan.FromMilliseconds(Math.Ceiling(wait.TotalMilliseconds)));
                }
                else
                {
                    _alarms.Dequeue();
                    return (timer, at);
                }
            }

            return null;
        }
    }

    // Returns false if another engine may become due during the turn.
    private bool TryBeginTurn()
    {
        lock (_lock)
        {
            return _isInTurn = _owner == Thread.CurrentThread && _alarms.Count == 0;
        }
    }
}
