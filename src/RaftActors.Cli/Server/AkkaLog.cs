using System.Diagnostics;

using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;

using RaftActors.Cli.Terminal;

namespace RaftActors.Cli.Server;

/// <summary>
/// Writes log entries of the actor system and the engine to standard error; started by <c>akka.loggers</c>. Without <c>--verbose</c> it
/// writes warnings and errors only, and a repeated entry once in ten minutes. It omits entries that <see cref="EventMessages"/> and
/// <see cref="LogServer"/> report in this program's own words.
/// </summary>
internal sealed class AkkaLog : ReceiveActor
{
    private const int RememberedMax = 100;

    private static readonly TimeSpan RepeatInterval = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, long> _lastWritten = new(StringComparer.Ordinal);

    public AkkaLog()
    {
        var setup = Context.System.Settings.Setup.Get<LogSetup>().Value;
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(entry =>
        {
            var text = ServerId.Show($"{entry.Message}");
            if (setup.IsVerbose)
            {
                setup.Terminal.Log($"{LevelOf(entry)}: {text} ({entry.LogSource})");
            }
            else if (!IsReportedElsewhere(entry) && IsNew(text))
            {
                // The lines after the first are a stack trace.
                setup.Terminal.Log($"{LevelOf(entry)}: {text.Split('\n')[0].TrimEnd()}");
            }
        });
    }

    /// <summary>Whether another part of this program reports the same fact.</summary>
    internal static bool IsReportedElsewhere(LogEvent entry)
    {
        var isFailure = entry.LogLevel() >= LogLevel.ErrorLevel && entry.LogSource.EndsWith("/user/raft", StringComparison.Ordinal);

        // The engine gives an entry the event that it publishes for the same fact.
        var isEvent = entry.Message is LogMessage message && message.Parameters().OfType<RaftEvent>().Any();
        return isFailure || isEvent;
    }

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

/// <summary>Where <see cref="AkkaLog"/> writes. Passed with the configuration, because Akka.NET makes the logger.</summary>
internal sealed class LogSetup(ServerTerminal terminal, bool isVerbose) : Setup
{
    public ServerTerminal Terminal => terminal;

    public bool IsVerbose => isVerbose;
}
