using System.Diagnostics;

namespace RaftActors.Storage.Log;

/// <summary>
/// The thread that writes a log. It sleeps while the queue is empty, and seals an idle log. A background thread does not keep
/// alive a program that forgot to close the log. The next opening then recovers as after a crash.
/// </summary>
internal sealed class LogThread
{
    private readonly LogWriter _writer;
    private readonly StoreOptions _options;
    private readonly Thread _thread;
    private long _writtenAt = Stopwatch.GetTimestamp();

    public LogThread(LogWriter writer, StoreOptions options)
    {
        (_writer, _options) = (writer, options);
        _thread = new Thread(Run) { Name = $"raft log {options.Directory}", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Waits until the thread has ended. Close the queue first.</summary>
    public void Join() => _thread.Join();

    /// <summary>Returns the milliseconds until a time span has passed, rounded up, or 0.</summary>
    private static int Rest(TimeSpan span, long since) =>
        (int)Math.Clamp((span - Stopwatch.GetElapsedTime(since)).TotalMilliseconds + 1, 0, int.MaxValue);

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

                if (_writer.NeedsSeal && Rest(_options.SealAfter, _writtenAt) == 0)
                {
                    _writer.Seal();
                }
            }
        }
    }

    /// <summary>Returns the milliseconds to wait for a write before the thread retries or seals.</summary>
    private int WaitTime()
    {
        lock (_writer.Lock)
        {
            if (_writer.Failure is not null)
            {
                return Timeout.Infinite;
            }

            var retry = _writer.IsStarved || _writer.IsShort ? (int)_options.RetryAfter.TotalMilliseconds : int.MaxValue;
            var seal = _writer.NeedsSeal ? Rest(_options.SealAfter, _writtenAt) : int.MaxValue;
            var wait = Math.Min(retry, seal);
            return wait == int.MaxValue ? Timeout.Infinite : wait;
        }
    }
}
