using Akka.Actor;

namespace Akka.Event;

/// <summary>The first message of a logger. It answers with <see cref="LoggerInitialized"/>; log events follow.</summary>
public class InitializeLogger : INoSerializationVerificationNeeded
{
    internal InitializeLogger(LoggingBus loggingBus) => LoggingBus = loggingBus;

    public LoggingBus LoggingBus { get; }
}

public class LoggerInitialized : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public LoggerInitialized()
    {
    }
}
