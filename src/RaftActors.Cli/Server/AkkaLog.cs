using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Cli.Server;

/// <summary>
/// Writes log entries of the actor runtime and the engine to standard error; started by <c>akka.loggers</c>. Without <c>--verbose</c> it
/// writes warnings and errors only, and a repeated entry once in ten minutes. It omits entries that <see cref="EventMessages"/> and
/// <see cref="LogServer"/> report in this program's own words.
/// </summary>
internal sealed class AkkaLog : ReceiveActor
{
    private const int RememberedMax = 100;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RepeatInterval = TimeSpan.FromMinutes(10);

    private readonly ServerTerminal _terminal = new(TextWriter.Null, Console.Error, TimeProvider.System);
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _lastWritten = new(StringComparer.Ordinal);

    public AkkaLog()
    {
        var isVerbose = ServerConfig.IsVerbose(Context.System.Settings.Config);
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(entry =>
        {
            var text = ServerId.Show($"{entry.Message}");
            if (isVerbose)
            {
                _terminal.Log($"{LevelOf(entry)}: {text} ({entry.LogSource})");
            }
            else if (!IsReportedElsewhere(entry, text) && !IsTooEarly(text) && IsNew(text))
            {
                // The lines after the first are a stack trace.
                _terminal.Log($"{LevelOf(entry)}: {text.Split('\n')[0].TrimEnd()}");
            }
        });
    }

    /// <summary>Whether another part of this program reports the same fact.</summary>
    /// <param name="text">The entry's message, with server names.</param>
    internal static bool IsReportedElsewhere(LogEvent entry, string text)
    {
        if (IsOfNetwork(entry))
        {
            return entry.LogLevel() < LogLevel.ErrorLevel || !IsAboutMessages(text);
        }

        var isFailure = entry.LogLevel() >= LogLevel.ErrorLevel && entry.LogSource.EndsWith("/user/raft", StringComparison.Ordinal);

        // The engine gives an entry the event that it publishes for the same fact.
        var isEvent = entry.Message is LogMessage message && message.Parameters().OfType<RaftEvent>().Any();
        return isFailure || isEvent;
    }

    // EventMessages reports connections. Only the runtime reports lost messages.
    private static bool IsAboutMessages(string text) =>
        text.Contains("message", StringComparison.OrdinalIgnoreCase) || text.Contains("was dropped", StringComparison.Ordinal);

    // The embedded runtime logs with one source. Akka.NET logs with its endpoint actors and transport types as sources.
    private static bool IsOfNetwork(LogEvent entry) =>
        entry.LogSource.Contains("remoting", StringComparison.Ordinal)
        || entry.LogSource.Contains("/system/endpointManager", StringComparison.Ordinal)
        || entry.LogClass.Namespace?.StartsWith("Akka.Remote", StringComparison.Ordinal) is true;

    // Messages that arrive before the serializers are registered are lost. Their senders send them again.
    private bool IsTooEarly(string text) =>
        Stopwatch.GetElapsedTime(_startedAt) < StartTime && text.Contains("cannot read its manifest", StringComparison.Ordinal);

    private static string LevelOf(LogEvent entry) => entry.LogLevel() switch
    {
        LogLevel.ErrorLevel => "error",
        LogLevel.WarningLevel => "warning",
        _ => "info",
    };

    private bool IsNew(string text)
    {
        if (_lastWritten.TryGetValue(text, out var at) && Stopwatch.GetElapsedTime(at) < RepeatInterval)
        {
            return false;
        }

        if (_lastWritten.Count >= RememberedMax)
        {
            _lastWritten.Clear();
        }

        _lastWritten[text] = Stopwatch.GetTimestamp();
        return true;
    }
}
