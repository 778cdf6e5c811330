using Akka.Actor;
using Akka.Event;

using Microsoft.Extensions.Logging;

using RaftActors.Storage;

using AkkaLevel = Akka.Event.LogLevel;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace RaftActors.Hosting;

/// <summary>
/// Writes Akka's log to the application's log, with the class that logs as the category. The actor system creates it by its name in
/// <c>akka.loggers</c>. It holds entries until <see cref="UseLoggers"/> is published.
/// </summary>
internal sealed class AkkaLogger : ReceiveActor
{
    // The start of an actor system logs a few entries.
    private const int HeldMax = 1000;

    private readonly Queue<LogEvent> _held = [];
    private ILoggerFactory? _loggers;

    public AkkaLogger()
    {
        Receive<InitializeLogger>(_ =>
        {
            Context.System.EventStream.Subscribe(Self, typeof(UseLoggers));
            Sender.Tell(new LoggerInitialized());
        });
        Receive<UseLoggers>(use =>
        {
            _loggers = use.Loggers;
            while (_held.TryDequeue(out var entry))
            {
                Log(_loggers, entry);
            }
        });
        Receive<LogEvent>(entry =>
        {
            if (_loggers is not null)
            {
                Log(_loggers, entry);
            }
            else if (_held.Count < HeldMax)
            {
                _held.Enqueue(entry);
            }
        });
    }

    private static void Log(ILoggerFactory loggers, LogEvent entry)
    {
        var level = LevelOf(entry.LogLevel());
        var logger = loggers.CreateLogger(entry.LogClass?.FullName ?? "Akka");
        if (logger.IsEnabled(level))
        {
            var cause = HasEnoughText(entry.Cause) ? null : entry.Cause;
            LogMessages.FromAkka(logger, level, cause, entry.Message?.ToString() ?? "", entry.LogSource);
        }
    }

    // The message names the cause and the remedy, so the stack trace adds nothing.
    private static bool HasEnoughText(Exception? cause) =>
        cause is ActorInitializationException { InnerException: RaftConfigurationException or StoreException };

    private static LogLevel LevelOf(AkkaLevel level) => level switch
    {
        AkkaLevel.DebugLevel => LogLevel.Debug,
        AkkaLevel.InfoLevel => LogLevel.Information,
        AkkaLevel.WarningLevel => LogLevel.Warning,
        _ => LogLevel.Error,
    };

    /// <summary>The host publishes it once, when the actor system has been created.</summary>
    public sealed record UseLoggers(ILoggerFactory Loggers);
}
