using RaftActors.Settings;

namespace RaftActors.Engine;

/// <summary>
/// Opens the stores of one directory on threads of its own, at most 32 at a time, because a node may start a thousand processes at once.
/// It does not use the pool, whose threads the application may block. Thread-safe.
/// </summary>
internal sealed class StoreOpenings
{
    public const int ThreadsMax = 32;

    // Guards what follows, and is pulsed when an opening has run.
    private readonly object _lock = new();
    private readonly Queue<ProcessOpening> _waiting = [];
    private int _threads;
    private int _running;
    private bool _isClosed;

    /// <summary>Runs an opening as soon as a thread is free. Drops it after <see cref="Close"/>.</summary>
    public void Add(ProcessOpening opening)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                if (_threads == ThreadsMax)
                {
                    _waiting.Enqueue(opening);
                    return;
                }

                _threads++;
                Machine.Current.RunOnThread("raft-opening", () => RunFrom(opening));
                return;
            }
        }

        opening.Drop();
    }

    /// <summary>
    /// Drops the waiting openings. Waits for those that run, because a directory is free again when its actor system has ended.
    /// </summary>
    public void Close()
    {
        List<ProcessOpening> dropped;
        lock (_lock)
        {
            _isClosed = true;
            dropped = [.. _waiting];
            _waiting.Clear();
        }

        dropped.ForEach(opening => opening.Drop());
        lock (_lock)
        {
            while (_running > 0)
            {
                Monitor.Wait(_lock);
            }
        }
    }

    // Invariant: an opening waits only while all threads are busy. A thread takes its next opening, or ends, under the lock, so it misses
    // none.
    private void RunFrom(ProcessOpening first)
    {
        for (var opening = first; opening is not null; opening = TryTake())
        {
            if (!TryBegin())
            {
                // On a busy machine the thread may run long after the end of its actor system.
                opening.Drop();
                continue;
            }

            opening.Run();
            End();
        }
    }

    private bool TryBegin()
    {
        lock (_lock)
        {
            _running += _isClosed ? 0 : 1;
            return !_isClosed;
        }
    }

    private void End()
    {
        lock (_lock)
        {
            _running--;
            Monitor.PulseAll(_lock);
        }
    }

    private ProcessOpening? TryTake()
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var next))
            {
                return next;
            }

            _threads--;
            return null;
        }
    }
}
