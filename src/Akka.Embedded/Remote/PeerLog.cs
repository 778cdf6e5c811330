using System.Net;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Logs what peers did wrong. Per remote IP and kind of error, a window of time has a few lines. The lines beyond are counted, and
/// the count is logged when the window ends. So a peer cannot fill the log. Thread-safe.
/// </summary>
internal sealed class PeerLog(ILoggingAdapter log)
{
    internal static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <summary>The maximum number of windows. Further peers share one window for each kind.</summary>
    internal const int WindowsMax = 1024;
    private const int TextLengthMax = 600;

    private readonly Dictionary<(IPAddress? Peer, string Kind), Count> _windows = [];

    public void Write(
        LogLevel level, IPAddress? peer, string kind, string text, Exception? cause = null, int linesPerWindow = 1, TimeSpan? now = null)
    {
        if (!log.IsEnabled(level))
        {
            return;
        }
        lock (_windows)
        {
            var key = _windows.Count < WindowsMax || _windows.ContainsKey((peer, kind)) ? (peer, kind) : (null, kind);
            if (!_windows.TryGetValue(key, out var count))
            {
                _windows[key] = count = new Count(level, now ?? FailureDetector.MonotonicTime());
            }
            if (count.Lines >= linesPerWindow)
            {
                count.Suppressed++;
                return;
            }
            count.Lines++;
        }
        log.Log(level, cause, Printable(text));
    }

    /// <summary>Ends the windows that began long enough ago. Called by the transport's timer.</summary>
    public void Tick(TimeSpan now)
    {
        lock (_windows)
        {
            foreach (var (key, count) in _windows)
            {
                if (now - count.Since < Window)
                {
                    continue;
                }
                if (count.Suppressed == 0)
                {
                    _windows.Remove(key);
                    continue;
                }
                var peer = key.Peer is null ? "various peers" : key.Peer.ToString();
                log.Log(count.Level, null, $"{count.Suppressed} more log lines about {peer} were suppressed ({key.Kind}).");
                // The peer continues: from now on the count alone is logged, once in each window.
                (count.Suppressed, count.Since) = (0, now);
            }
        }
    }

    /// <summary>Shortens a text and replaces its control characters. The peer may have chosen parts of it.</summary>
    internal static string Printable(string text)
    {
        var shortened = text.Length <= TextLengthMax ? text : text[..TextLengthMax] + "...";
        return string.Create(shortened.Length, shortened, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = char.IsControl(source[i]) || source[i] is '\u2028' or '\u2029' ? '?' : source[i];
            }
        });
    }

    private sealed class Count(LogLevel level, TimeSpan since)
    {
        public LogLevel Level { get; } = level;

        public TimeSpan Since { get; set; } = since;

        public int Lines { get; set; }

        public long Suppressed { get; set; }
    }
}
