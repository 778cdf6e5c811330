using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>The configuration of an actor system, with the defaults of the runtime as fallback.</summary>
public class Settings
{
    private readonly Config _own;
    private Config _defaults = ConfigurationFactory.FromResource("Akka.Embedded.Actor.reference.conf", typeof(Settings).Assembly);

    internal Settings(Config config)
    {
        _own = config;
        Config = _own.WithFallback(_defaults);
        LogLevel = Config.GetString("akka.loglevel")!; // Justification: the reference configuration has every key that is read here.
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel")!; // Justification: as above.
        Loggers = Config.GetStringList("akka.loggers");
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout");
        LoggerAsyncStart = Config.GetBoolean("akka.logger-async-start");
        AskTimeout = Config.GetTimeSpan("akka.actor.ask-timeout");
        CoordinatedShutdownTerminateActorSystem = Config.GetBoolean("akka.coordinated-shutdown.terminate-actor-system");
        CoordinatedShutdownRunByActorSystemTerminate = Config.GetBoolean("akka.coordinated-shutdown.run-by-actor-system-terminate");
        if (CoordinatedShutdownRunByActorSystemTerminate && !CoordinatedShutdownTerminateActorSystem)
        {
            throw new ConfigurationException(
                "akka.coordinated-shutdown.run-by-actor-system-terminate is on, but terminate-actor-system is off: the actor system would "
                + "never terminate. Turn both off, or both on.");
        }

        DebugUnhandledMessage = Config.GetBoolean("akka.actor.debug.unhandled");
        LogFormatter = FormatterOf(Config.GetString("akka.logger-formatter")!); // Justification: as above.
        LogDeadLetters = CountOf(Config.GetString("akka.log-dead-letters")!); // Justification: as above.
        LogDeadLettersDuringShutdown = Config.GetBoolean("akka.log-dead-letters-during-shutdown");
        LogDeadLettersSuspendDuration = Config.GetTimeSpan("akka.log-dead-letters-suspend-duration");
    }

    /// <summary>The complete configuration: the user's, with the defaults of all loaded parts as fallback.</summary>
    public Config Config { get; private set; }

    public string LogLevel { get; }

    public string StdoutLogLevel { get; }

    public IList<string> Loggers { get; }

    public TimeSpan LoggerStartTimeout { get; }

    public bool LoggerAsyncStart { get; }

    public TimeSpan AskTimeout { get; }

    public bool CoordinatedShutdownTerminateActorSystem { get; }

    public bool CoordinatedShutdownRunByActorSystemTerminate { get; }

    public bool DebugUnhandledMessage { get; }

    public ILogMessageFormatter LogFormatter { get; }

    public int LogDeadLetters { get; }

    public bool LogDeadLettersDuringShutdown { get; }

    public TimeSpan LogDeadLettersSuspendDuration { get; }

    /// <summary>Called after new defaults were added to <see cref="Config"/>.</summary>
    internal Action? DefaultsInjected { get; set; }

    /// <summary>
    /// Adds defaults below the user's configuration and above all other defaults. Does nothing if the configuration has all these
    /// values already. Otherwise the system creates its serializers anew and forgets those that code has added.
    /// </summary>
    public void InjectTopLevelFallback(Config config)
    {
        if (Config.Contains(config))
        {
            return;
        }

        _defaults = config.WithFallback(_defaults);
        Config = _own.WithFallback(_defaults);
        DefaultsInjected?.Invoke();
    }

    private static ILogMessageFormatter FormatterOf(string name)
    {
        const string Key = "akka.logger-formatter";
        var type = ConfiguredType.Find(name, Key);
        return type == typeof(SemanticLogMessageFormatter) ? SemanticLogMessageFormatter.Instance
            : type == typeof(DefaultLogMessageFormatter) ? DefaultLogMessageFormatter.Instance
            : ConfiguredType.Create<ILogMessageFormatter>(name, Key);
    }

    private static int CountOf(string text) => text switch
    {
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => int.TryParse(text, out var count) && count >= 0
            ? count
            : throw new ConfigurationException($"akka.log-dead-letters is '{text}'. Expected on, off or a number."),
    };
}
