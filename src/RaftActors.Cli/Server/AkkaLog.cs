using System.Diagnostics;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Cli.Server;

/// <summary>
/// What the actor runtime and the engine have to say, on standard error; started by <c>akka.loggers</c>. Without <c>--verbose</c> only
/// warnings and errors, the same once in a while, and none of what <see cref="EventMessages"/> and <see cref="LogServer"/> tell in this
/// program's words.
/// </summary>
internal sealed class AkkaLog : ReceiveActor
{
    // Of the engine's log entries those that are events too.
    private static readonly string[] Events = [" is refused by ", " is told by ", " is shut out ", " has stopped and is not started again"];

    private const int RememberedMax = 100;

    private static readonly TimeSpan Start = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private readonly ServerTerminal _terminal = new(TextWriter.Null, Console.Error, TimeProvider.System);
    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly Dictionary<string, long> _told = new(StringComparer.Ordinal);

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
            else if (!IsToldElsewhere(entry, text) && !IsTooEarly(text) && IsNew(text))
            {
                // The lines behind the first one are stack traces.
                _terminal.Log($"{LevelOf(entry)}: {text.Split('\n')[0].TrimEnd()}");
            }
        });
    }

    /// <summary>Whether the program itself tells this, in its own words.</summary>
    /// <param name="text">Of the entry, with servers' names.</param>
    internal static bool IsToldElsewhere(LogEvent entry, string text)
    {
        if (IsOfNetwork(entry))
        {
            return entry.LogLevel() < LogLevel.ErrorLevel || !IsAboutMessages(text);
        }

        var isFailure = entry.LogLevel() >= LogLevel.ErrorLevel && entry.LogSource.EndsWith("/user/raft", StringComparison.Ordinal);
        var isEvent = entry.LogSource.Contains("/system/raft", StringComparison.Ordinal)
            && Events.Any(told => text.Contains(told, StringComparison.Ordinal));
        return isFailure || isEvent;
    }

    // EventMessages tells which connections come and go. Nobody else tells of messages that were lost.
    private static bool IsAboutMessages(string text) =>
        text.Contains("message", StringComparison.OrdinalIgnoreCase) || text.Contains("was dropped", StringComparison.Ordinal);

    // The embedded runtime names one source. Akka.NET names the actors of its endpoints, and types of its transport.
    private static bool IsOfNetwork(LogEvent entry) =>
        entry.LogSource.Contains("remoting", StringComparison.Ordinal)
        || entry.LogSource.Contains("/system/endpointManager", StringComparison.Ordinal)
        || entry.LogClass.Namespace?.StartsWith("Akka.Remote", StringComparison.Ordinal) is true;

    // What others send before the serializers are registered is lost, and sent again.
    private bool IsTooEarly(string text) =>
        Stopwatch.GetElapsedTime(_startedAt) < Start && text.Contains("cannot read its manifest", StringComparison.Ordinal);

    private static string LevelOf(LogEvent entry) => entry.LogLevel() switch
    {
        LogLevel.ErrorLevel => "error",
        LogLevel.WarningLevel => "warning",
        _ => "info",
    };

    private bool IsNew(string text)
    {
        if (_told.TryGetValue(text, out var at) && Stopwatch.GetElapsedTime(at) < Pause)
        {
            return false;
        }

        if (_told.Count >= RememberedMax)
        {
            _told.Clear();
        }

        _told[text] = Stopwatch.GetTimestamp();
        return true;
    }
}
