namespace Akka.Actor;

/// <summary>
/// An actor whose behaviours are lists of typed handlers, tried in the order of the Receive calls. Call Receive only in the
/// constructor and in the action that is passed to Become.
/// </summary>
public abstract class ReceiveActor : UntypedActor
{
    private ReceiveHandlers? _configuring = new();
    private ReceiveHandlers _first = null!; // Justification: set by OnConstructed, before any message.

    internal sealed override void OnConstructed()
    {
        _first = _configuring!;
        _configuring = null;
    }

    protected sealed override void OnReceive(object message) => Handle(_first, message);

    protected void Become(Action configure)
    {
        var handlers = Configure(configure);
        Become((UntypedReceive)(message => Handle(handlers, message)));
    }

    protected void BecomeStacked(Action configure)
    {
        var handlers = Configure(configure);
        BecomeStacked((UntypedReceive)(message => Handle(handlers, message)));
    }

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => Add<T>(shouldHandle, message =>
    {
        handler(message);
        return true;
    });

    protected void Receive<T>(Predicate<T>? shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    /// <param name="handler">Returns false if it did not handle the message. The handlers after it are tried then.</param>
    protected void Receive<T>(Func<T, bool> handler) => Add(null, handler);

    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Add(messageType, shouldHandle, message =>
        {
            handler(message);
            return true;
        });

    protected void Receive(Type messageType, Predicate<object>? shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    protected void Receive(Type messageType, Func<object, bool> handler) => Add(messageType, null, handler);

    protected void ReceiveAny(Action<object> handler) => Receive(handler);

    /// <summary>
    /// Adds an asynchronous handler. The next message waits until its task has completed. After an await, Context, Self and Sender
    /// are unchanged.
    /// </summary>
    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(message => RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T>? shouldHandle, Func<T, Task> handler) => ReceiveAsync(handler, shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Receive(messageType, message => RunTask(() => handler(message)), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object>? shouldHandle, Func<object, Task> handler) =>
        ReceiveAsync(messageType, handler, shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAsync(handler);

    private void Add<T>(Predicate<T>? shouldHandle, Func<T, bool> handler) => Configuring().Add(
        typeof(T) == typeof(object) && shouldHandle is null && !typeof(T).IsValueType,
        message => message is T typed && (shouldHandle is null || shouldHandle(typed)) && handler(typed));

    private void Add(Type messageType, Predicate<object>? shouldHandle, Func<object, bool> handler) => Configuring().Add(
        messageType == typeof(object) && shouldHandle is null,
        message => messageType.IsInstanceOfType(message) && (shouldHandle is null || shouldHandle(message)) && handler(message));

    private ReceiveHandlers Configuring() => _configuring
        ?? throw new InvalidOperationException("You may only call Receive-methods when constructing the actor and inside Become().");

    private ReceiveHandlers Configure(Action configure)
    {
        var outer = _configuring;
        var handlers = _configuring = new ReceiveHandlers();
        try
        {
            configure();
        }
        finally
        {
            _configuring = outer;
        }

        return handlers;
    }

    private void Handle(ReceiveHandlers handlers, object message)
    {
        if (!handlers.TryHandle(message))
        {
            Unhandled(message);
        }
    }
}
