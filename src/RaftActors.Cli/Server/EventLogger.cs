using System.Reflection;

using Akka.Actor;
using Akka.Event;

namespace RaftActors.Cli.Server;

/// <summary>
/// Writes the server's log, and notices when the server cannot go on. Subscribed before the raft actor starts, so that it misses nothing.
/// </summary>
internal sealed class EventLogger : ReceiveActor
{
    /// <param name="server">Path of the raft actor.</param>
    /// <param name="failed">Is told why the program has to end.</param>
    public EventLogger(ServerSettings settings, ServerTerminal terminal, string server, TaskCompletionSource<string> failed)
    {
        var narration = new EventMessages(settings);
        Receive<RaftEvent>(happened =>
        {
            foreach (var sentence in narration.Tell(happened))
            {
                terminal.Log(sentence);
            }
        });

        // The guardian of the raft actor says here why it stopped it.
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

    // Runtimes wrap what an actor's constructor throws, Akka.NET in a TypeLoadException too.
    private static bool IsWrapper(Exception failure) =>
        failure is ActorInitializationException or TargetInvocationException or TypeLoadException or AggregateException;
}
