using System.Reflection;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Cli.Server;

/// <summary>
/// Writes raft events to the server's log, and reports the failure of the raft actor. Starts before the raft actor, so that it misses no
/// event.
/// </summary>
internal sealed class EventLogger : ReceiveActor
{
    /// <param name="failed">Completed with the reason if the raft actor fails.</param>
    public EventLogger(ServerSettings settings, ServerTerminal terminal, string server, TaskCompletionSource<string> failed)
    {
        var messages = new EventMessages(settings);
        Receive<RaftEvent>(happened =>
        {
            if (messages.Of(happened) is { } message)
            {
                terminal.Log(message);
            }
        });

        // The supervisor of the raft actor logs the failure that has stopped it.
        Receive<Error>(error =>
        {
            if (error.LogSource.EndsWith(server, StringComparison.Ordinal))
            {
                failed.TrySetResult(ServerId.Show(RootOf(error)));
            }
        });
    }

    private static string RootOf(Error error)
    {
        var cause = error.Cause;
        while (cause is { InnerException: { } inner } && IsWrapper(cause))
        {
            cause = inner;
        }

        return cause?.Message ?? $"{error.Message}";
    }

    // Akka.NET wraps an exception of an actor's constructor in these.
    private static bool IsWrapper(Exception failure) =>
        failure is ActorInitializationException or TargetInvocationException or TypeLoadException or AggregateException;
}
