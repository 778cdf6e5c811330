using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;

namespace RaftActors.Cli.Server;

/// <summary>
/// The logger of <c>akka.loggers</c>, which writes to standard error. Without <c>--verbose</c> it writes only warnings and errors, and
/// repeated ones once in a minute. It omits entries that <see cref="EventMessages"/> and <see cref="LogServer"/> report in words of
/// this program.
/// </summary>
internal sealed class AkkaLog : ReceiveActor
{
    // More different lines than this in a minute are no news.
    private const int LinesMax = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    // The latest lines of each level with their times, so that many warnings hide no error.
    private readonly Dictionary<string, long> _warnings = [];
    private readonly Dictionary<string, long> _errors = [];

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
            else if (!IsReportedElsewhere(entry))
            {
                // The lines after the first are a stack trace.
                var first = $"{LevelOf(entry)}: {FirstLineOf(text)}{CauseOf(entry, text)}";
                if (IsNew(entry.LogLevel() >= LogLevel.ErrorLevel ? _errors : _warnings, first))
                {
                    setup.Terminal.Log(first);
                }
            }
        });
    }

    private static bool IsNew(Dictionary<string, long> lines, string line)
    {
        foreach (var (old, at) in lines)
        {
            if (Stopwatch.GetElapsedTime(at) >= Pause)
            {
                lines.Remove(old);
            }
        }

        return lines.Count < LinesMax && lines.TryAdd(line, Stopwatch.GetTimestamp());
    }

    internal static bool IsReportedElsewhere(LogEvent entry)
    {
        var isFailure = entry.LogLevel() >= LogLevel.ErrorLevel && entry.LogSource.EndsWith("/user/raft", StringComparison.Ordinal);

        // An entry of the engine about a published event has that event as its argument.
        var isEvent = entry.Message is LogMessage message && message.Parameters().OfType<RaftEvent>().Any();
        return isFailure || isEvent;
    }

    private static string CauseOf(LogEvent entry, string text) =>
        entry.Cause is { } cause && FirstLineOf(cause.Message) is var why && !text.Contains(why, StringComparison.Ordinal)
            ? $": {why} ({cause.GetType().Name})"
            : "";

    private static string FirstLineOf(string text) => text.Split('\n')[0].TrimEnd();

    private static string LevelOf(LogEvent entry) => entry.LogLevel() switch
    {
        LogLevel.ErrorLevel => "error",
        LogLevel.WarningLevel => "warning",
        _ => "info",
    };
}

/// <summary>The terminal of <see cref="AkkaLog"/>, which comes with the configuration because Akka.NET makes the logger.</summary>
internal sealed class LogSetup(ServerTerminal terminal, bool isVerbose) : Setup
{
    public ServerTerminal Terminal => terminal;

    public bool IsVerbose => isVerbose;
}
