using Akka.Actor;
using Akka.Event;

namespace Maelstrom;

/// <summary>Writes the log of the actor system to standard error. Standard output has messages only.</summary>
internal sealed class ErrorLog : ReceiveActor
{
    public ErrorLog()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(line => Console.Error.WriteLine(
            $"{line.Timestamp:HH:mm:ss.fff} {line.GetType().Name,-7} {line.Message}{(line.Cause is { } cause ? $" {cause}" : "")}"));
    }
}
