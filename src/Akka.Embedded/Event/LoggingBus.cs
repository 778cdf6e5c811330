using Akka.Actor;

namespace Akka.Event;

/// <summary>Publishes by the event's type. A subscriber of a class or an interface receives all events of that type.</summary>
public class LoggingBus : ActorEventBus<object, Type>
{
    private static readonly Type[] LogEventTypes = [typeof(Debug), typeof(Info), typeof(Warning), typeof(Error)];

    private readonly List<IActorRef> _loggers = [];

    internal LoggingBus()
    {
    }

    /// <summary>The lowest level that reaches a logger.</summary>
    public LogLevel LogLevel { get; private set; }

    public void SetLogLevel(LogLevel logLevel)
    {
        lock (_loggers)
        {
            LogLevel = logLevel;
            foreach (var logger in _loggers)
            {
                SubscribeFrom(logger, logLevel);
            }
        }
    }

    /// <summary>Subscribes a logger to the log events of a level and above.</summary>
    internal void AddLogger(IActorRef logger, LogLevel logLevel)
    {
        lock (_loggers)
        {
            _loggers.Add(logger);
            SubscribeFrom(logger, logLevel);
        }
    }

    internal void RemoveLogger(IActorRef logger)
    {
        lock (_loggers)
        {
            _loggers.Remove(logger);
            Unsubscribe(logger);
        }
    }

    protected override Type GetClassifier(object @event) => @event.GetType();

    protected override bool IsSubClassification(Type parent, Type child) => parent.IsAssignableFrom(child);

    protected override void Publish(object @event, IActorRef subscriber) => subscriber.Tell(@event, ActorRefs.NoSender);

    private void SubscribeFrom(IActorRef logger, LogLevel logLevel)
    {
        for (var level = 0; level < LogEventTypes.Length; level++)
        {
            if (level >= (int)logLevel)
            {
                Subscribe(logger, LogEventTypes[level]);
            }
            else
            {
                Unsubscribe(logger, LogEventTypes[level]);
            }
        }
    }
}
