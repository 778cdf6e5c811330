namespace Akka.Actor;

/// <summary>
/// Asks: sends a message and gives back a task of the answer. The task fails with <see cref="AskTimeoutException"/> when none
/// came in time, and with the cause when the answer is a <see cref="Status.Failure"/> that the asker's type does not admit. Without a
/// timeout it waits for <c>akka.actor.ask-timeout</c>, which is for ever by default.
/// </summary>
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

    /// <param name="messageFactory">Makes the message from the reference that waits for the answer.</param>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        LocalActorRefProvider provider = self switch
        {
            ActorSelection selection => selection.AnchorRef.Provider,
            IActorRef actor => InternalActorRef.Of(actor).Provider,
            _ => throw new ArgumentException("Unable to resolve the target Provider", nameof(self)),
        };
        PromiseActorRef<T> promise = new(provider, timeout ?? provider.Settings.AskTimeout, cancellationToken);
        self.Tell(messageFactory(promise), promise);
        return promise.Answer;
    }
}
