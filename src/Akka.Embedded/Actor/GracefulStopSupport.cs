using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

public static class GracefulStopSupport
{
    public static Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout) => target.GracefulStop(timeout, PoisonPill.Instance);

    /// <summary>Sends the message that makes the actor stop, and waits for its end.</summary>
    /// <returns>True; the task is cancelled where the actor did not end in time.</returns>
    public static async Task<bool> GracefulStop(this IActorRef target, TimeSpan timeout, object stopMessage)
    {
        InternalActorRef watchee = InternalActorRef.Of(target);
        PromiseActorRef<Terminated> promise = new(watchee.Provider, timeout, CancellationToken.None);
        watchee.SendSystemMessage(new Watch(watchee, promise));
        target.Tell(stopMessage, ActorRefs.NoSender);
        try
        {
            await promise.Answer.ConfigureAwait(false);
            return true;
        }
        catch (AskTimeoutException)
        {
            watchee.SendSystemMessage(new Unwatch(watchee, promise));
            throw new TaskCanceledException($"{target} did not stop within {timeout}.");
        }
    }
}
