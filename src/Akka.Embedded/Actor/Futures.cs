namespace Akka.Actor;

/// <summary>Ask: sends a message and returns a task for the reply.</summary>
/// <remarks>
/// The task fails with <see cref="AskTimeoutException"/> if no reply arrives in time. A <see cref="Status.Failure"/> fails it with its
/// cause, unless <c>T</c> is a <see cref="Status"/>. Without a timeout <c>akka.actor.ask-timeout</c> applies, by default infinite.
/// </remarks>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<T>(_ => message, timeout, cancellationToken);

    /// <param name="messageFactory">Creates the message from the reference that receives the reply.</param>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var provider = self switch
        {
            ActorSelection selection => selection.AnchorRef.Provider,
            IActorRef actor => InternalActorRef.Of(actor).Provider,
            _ => throw new ArgumentException("Unable to resolve the target Provider", nameof(self)),
        };
        var promise = new PromiseActorRef<T>(provider, timeout ?? provider.Settings.AskTimeout, cancellationToken);
        self.Tell(messageFactory(promise), promise);
        return promise.Answer;
    }
}
