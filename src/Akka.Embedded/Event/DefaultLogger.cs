using Akka.Actor;

namespace Akka.Event;

/// <summary>Writes log events to the standard output, one after the other.</summary>
public class DefaultLogger : ActorBase
{
    public DefaultLogger()
    {
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Print(logEvent);
                return true;
            default:
                return false;
        }
    }

    protected virtual void Print(LogEvent logEvent) => Console.Out.WriteLine(StandardOutLogger.LineOf(logEvent));
}
