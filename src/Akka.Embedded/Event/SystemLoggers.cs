using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace Akka.Event;

/// <summary>Starts and stops the loggers of an actor system. Before and after, the standard output logger serves.</summary>
internal sealed class SystemLoggers(ActorSystemImpl system)
{
    private readonly List<IActorRef> _loggers = [];
    private readonly StandardOutLogger _standardOut = new(system.Provider);
    private IActorRef? _deadLetters;

    private LogLevel StandardOutLevel => Logging.LevelOf(system.Settings.StdoutLogLevel, "akka.stdout-loglevel");

    public void StartStandardOut()
    {
        system.EventStream.SetLogLevel(Logging.LevelOf(system.Settings.LogLevel, "akka.loglevel"));
        system.EventStream.AddLogger(_standardOut, StandardOutLevel);
    }

    /// <exception cref="ConfigurationException">A type in <c>akka.loggers</c> does not exist, or its actor did not answer in
    /// time.</exception>
    public void Start()
    {
        foreach (var name in system.Settings.Loggers)
        {
            var type = ConfiguredType.Find(name, "akka.loggers");
            var logger = system.SystemActorOf(
                Props.Create(type).WithDispatcher(Dispatchers.InternalDispatcherId), $"log{_loggers.Count + 1}-{type.Name}");

            // Subscribe first: events logged meanwhile wait in the mailbox behind the initialisation.
            var initialized = logger.Ask<LoggerInitialized>(
                new InitializeLogger(system.EventStream), system.Settings.LoggerStartTimeout);
            _loggers.Add(logger);
            system.EventStream.AddLogger(logger, system.EventStream.LogLevel);
            if (!system.Settings.LoggerAsyncStart)
            {
                Wait(name, initialized);
            }
        }

        system.EventStream.RemoveLogger(_standardOut);
        if (system.Settings.DebugUnhandledMessage)
        {
            var forwarder = system.SystemActorOf(Props.Create(() => new UnhandledMessageForwarder()), "UnhandledMessageForwarder");
            system.EventStream.Subscribe(forwarder, typeof(UnhandledMessage));
        }

        if (system.Settings.LogDeadLetters > 0)
        {
            var most = system.Settings.LogDeadLetters;
            var pause = system.Settings.LogDeadLettersSuspendDuration;
            _deadLetters = system.SystemActorOf(Props.Create(() => new DeadLetterListener(most, pause)), "deadLetterListener");
        }
    }

    /// <summary>Stops logging dead letters if configured so. They are expected during shutdown.</summary>
    public void BeginShutdown()
    {
        if (_deadLetters is not null && !system.Settings.LogDeadLettersDuringShutdown)
        {
            system.Stop(_deadLetters);
        }
    }

    /// <summary>Unsubscribes the loggers and returns them. The standard output logger takes over.</summary>
    public IReadOnlyList<IActorRef> Detach()
    {
        foreach (var logger in _loggers)
        {
            system.EventStream.RemoveLogger(logger);
        }

        system.EventStream.AddLogger(_standardOut, StandardOutLevel);
        return _loggers;
    }

    private static void Wait(string name, Task<LoggerInitialized> initialized)
    {
        try
        {
            initialized.GetAwaiter().GetResult();
        }
        catch (AskTimeoutException failure)
        {
            throw new ConfigurationException(
                $"Logger [{name}] did not answer InitializeLogger with LoggerInitialized within akka.logger-startup-timeout.", failure);
        }
    }
}
