using System.Runtime.CompilerServices;

using Akka.Actor;
using Akka.Event;

using RaftActors.Network;

namespace RaftActors.Engine;

/// <summary>
/// Wakes engines by a thread of its own, one for an actor system. Akka.NET's scheduler runs the timers of the whole system one after
/// another. So an engine would hold up the timers of the application, and a slow timer of the application would delay heartbeats. The
/// scheduler also looks at its timers only every 10 ms or more, while this thread wakes when an engine is due. While one engine alone uses
/// the clock, its short turns run here, because a turn on the pool wakes a thread that then spins in wait for more work.
/// </summary>
/// <param name="time">Tells the time.</param>
internal sealed class ClockThread(ITimeProvider time, ILoggingAdapter log) : ITickClock, IDisposable
{
    private static readonly ConditionalWeakTable<ActorSystem, ITickClock> OfSystems = [];

    private readonly object _lock = new();
    private readonly PriorityQueue<TickTimer, TimeSpan> _alarms = new();

    // The thread that waits for the next alarm. Null: none was set yet, or the clock has stopped.
    private Thread? _owner;
    private bool _isInTurn;
    private bool _hasStopped;

    /// <summary>
    /// The clock of an actor system. Another scheduler than Akka.NET's own has its own idea of time, and the engines follow it.
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

    /// <inheritdoc/>
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
                // An engine runs on the thread. Another one must not wait for it, so a new thread takes over.
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

    // Null: this thread does not own the clock any more.
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

    // False: another engine may become due during the turn.
    private bool TryBeginTurn()
    {
        lock (_lock)
        {
            return _isInTurn = _owner == Thread.CurrentThread && _alarms.Count == 0;
        }
    }
}
