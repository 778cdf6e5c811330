using Akka.Actor;

namespace CoordinationTrials.Simulated;

/// <summary>Adds what a node logs to the trace. Made by Akka.NET.</summary>
internal sealed class SimulatedLogger : ReceiveActor
{
    public SimulatedLogger()
    {
        Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
        Receive<LogEvent>(line => Stage.Log(Context.System, line));
    }
}
