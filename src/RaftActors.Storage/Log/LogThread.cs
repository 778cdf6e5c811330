using System.Diagnostics;

namespace RaftActors.Storage.Log;

/// <summary>
/// Drains the queue of a log from a thread of its own, which sleeps as long as nothing is there. In the background: a program that ends
/// without having closed the log ends all the same, and the log is opened again as after a crash.
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

    /// <summary>After the queue was closed.</summary>
    public void Join() => _thread.Join();

    private static int Rest(TimeSpan whole, long since) =>
        (int)Math.Clamp((whole - Stopwatch.GetElapsedTime(since)).TotalMilliseconds + 1, 0, int.MaxValue);

    private void Run()
    {
        while (_writer.Queue.Wait(Patience()))
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

    /// <summary>How long nothing is to be done if nothing comes.</summary>
    private int Patience()
    {
        lock (_writer.Lock)
        {
            var patience = _writer.IsStarved || _writer.IsShort ? (int)_options.RetryAfter.TotalMilliseconds : int.MaxValue;
            if (_options.Sync == SyncPolicy.Interval && _writer.NeedsSync)
            {
                patience = Math.Min(patience, Rest(_options.SyncInterval, _syncedAt));
            }

            if (_writer.NeedsSeal)
            {
                patience = Math.Min(patience, Rest(_options.SealAfter, _writtenAt));
            }

            return patience == int.MaxValue || _writer.Failure is not null ? Timeout.Infinite : patience;
        }
    }
}
