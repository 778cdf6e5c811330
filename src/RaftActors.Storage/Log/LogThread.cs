using System.Diagnostics;

namespace RaftActors.Storage.Log;

/// <summary>
/// The thread that writes a log. It sleeps while the queue is empty, and syncs and seals an idle log. A background thread: it does
/// not keep a program alive that forgot to close the log. The next opening then recovers as after a crash.
/// </summary>
internal sealed class LogThread
{
    private readonly LogWriter _writer;
    private readonly StoreOptions _options;
    private readonly Thread _thread;
    private long _writtenAt = Stopwatch.GetTimestamp();
    private long _syncedAt = Stopwatch.GetTimestamp();

    public LogThread(LogWriter writer, StoreOptions options)
    {
        (_writer, _options) = (writer, options);
        _thread = new Thread(Run) { Name = $"raft log {options.Directory}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits until the thread has ended. Close the queue first.</summary>
    public void Join() => _thread.Join();

    /// <summary>The milliseconds until a time span is over, rounded up. 0: it is over.</summary>
    private static int Rest(TimeSpan span, long since) =>
        (int)Math.Clamp((span - Stopwatch.GetElapsedTime(since)).TotalMilliseconds + 1, 0, int.MaxValue);

    private static int? Sooner(int? one, int other) => Math.Min(one ?? other, other);

    private void Run()
    {
        while (_writer.Queue.Wait(WaitTime()))
        {
            lock (_writer.Lock)
            {
                if (_writer.WriteQueued())
                {
                    _writtenAt = Stopwatch.GetTimestamp();
                }

                SyncAndSeal();
            }
        }
    }

    private void SyncAndSeal()
    {
        if (_options.Sync == SyncPolicy.Interval && Rest(_options.SyncInterval, _syncedAt) == 0)
        {
            _writer.Sync();
            _syncedAt = Stopwatch.GetTimestamp();
        }

        if (_writer.NeedsSeal && Rest(_options.SealAfter, _writtenAt) == 0)
        {
            _writer.Seal();
        }
    }

    /// <summary>The milliseconds to wait for a write before the thread retries, syncs or seals.</summary>
    private int WaitTime()
    {
        lock (_writer.Lock)
        {
            if (_writer.Failure is not null)
            {
                return Timeout.Infinite;
            }

            int? wait = _writer.IsStarved || _writer.IsShort ? (int)_options.RetryAfter.TotalMilliseconds : null;
            if (_options.Sync == SyncPolicy.Interval && _writer.NeedsSync)
            {
                wait = Sooner(wait, Rest(_options.SyncInterval, _syncedAt));
            }

            if (_writer.NeedsSeal)
            {
                wait = Sooner(wait, Rest(_options.SealAfter, _writtenAt));
            }

            return wait ?? Timeout.Infinite;
        }
    }
}
