using Akka.Actor;
using Akka.Configuration;

namespace Akka.Event;

public static class Logging
{
    /// <summary>Creates a log whose source is the actor's path.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context, ILogMessageFormatter? logMessageFormatter = null) => new BusLogging(
        context.System.EventStream,
        context.Self.Path.ToString(),
        context.Props.Type,
        logMessageFormatter ?? context.System.Settings.LogFormatter);

    /// <param name="logSourceObj">The source: an actor, a type, a text, or an object whose type is used.</param>
    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        Make(system.EventStream, logSourceObj, $"({system})", logMessageFormatter ?? system.Settings.LogFormatter);

    public static ILoggingAdapter GetLogger(
        LoggingBus loggingBus, object logSourceObj, ILogMessageFormatter? logMessageFormatter = null) =>
        Make(loggingBus, logSourceObj, "", logMessageFormatter);

    /// <exception cref="ConfigurationException">The level is unknown.</exception>
    internal static LogLevel LevelOf(string name, string key) => name.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => LogLevel.ErrorLevel + 1,
        _ => throw new ConfigurationException($"{key} is '{name}'. Expected DEBUG, INFO, WARNING, ERROR or OFF."),
    };

    internal static string NameOf(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => "DEBUG",
        LogLevel.InfoLevel => "INFO",
        LogLevel.WarningLevel => "WARNING",
        _ => "ERROR",
    };

    private static BusLogging Make(LoggingBus bus, object source, string suffix, ILogMessageFormatter? formatter)
    {
        (var text, var type) = source switch
        {
            IActorContext context => (context.Self.Path.ToString(), context.Props.Type),
            IActorRef actor => (actor.Path.ToString(), actor.GetType()),
            string name => (name + suffix, typeof(string)),
            Type named => (named.Name + suffix, named),
            _ => (source.GetType().Name + suffix, source.GetType()),
        };
        return new BusLogging(bus, text, type, formatter ?? DefaultLogMessageFormatter.Instance);
    }
}
