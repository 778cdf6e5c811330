using Akka.Actor;

namespace Akka.TestKit;

/// <content>Expects a message and its sender.</content>
public abstract partial class TestKitBase
{
    public T ExpectMsgFrom<T>(
        IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(Expect<T>(true, From<T>(sender, Any, hint), OfType<T>(), duration, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(false, From<T>(sender, Any, hint), OfType<T>(), duration, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(Expect(true, From(sender, EqualTo(message, hint), hint), Quoted(message), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(false, From(sender, EqualTo(message, hint), hint), Quoted(message), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Finished(Expect(true, From(sender, Fulfilling(isMessage, hint), hint), Special<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(false, From(sender, Fulfilling(isMessage, hint), hint), Special<T>(), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        Predicate<IActorRef> isSender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Finished(Expect(true, Both(isSender, isMessage, hint), Special<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(
        Predicate<IActorRef> isSender, Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(false, Both(isSender, isMessage, hint), Special<T>(), timeout, hint, cancellationToken);

    public T ExpectMsgFrom<T>(
        IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default)
    {
        Action<T, IActorRef> check = (message, _) => assertMessage(message);
        return Finished(Expect(true, From(sender, check, hint), OfType<T>(), timeout, hint, cancellationToken));
    }

    public ValueTask<T> ExpectMsgFromAsync<T>(
        IActorRef sender, Action<T> assertMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default)
    {
        Action<T, IActorRef> check = (message, _) => assertMessage(message);
        return Expect(false, From(sender, check, hint), OfType<T>(), timeout, hint, cancellationToken);
    }

    public T ExpectMsgFrom<T>(
        Action<IActorRef> assertSender, Action<T> assertMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Finished(Expect(true, Both(assertSender, assertMessage), OfType<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgFromAsync<T>(
        Action<IActorRef> assertSender, Action<T> assertMessage, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(false, Both(assertSender, assertMessage), OfType<T>(), timeout, hint, cancellationToken);

    private Action<T, IActorRef> From<T>(IActorRef expected, Action<T, IActorRef> check, string? hint)
    {
        return (message, sender) =>
        {
            _assertions.AssertEqual(expected, sender, $"{Hint(hint)}expected a message from {expected}, but got <{message}> from {sender}");
            check(message, sender);
        };
    }

    private Action<T, IActorRef> Both<T>(Predicate<IActorRef> isSender, Predicate<T> isMessage, string? hint)
    {
        return (message, sender) =>
        {
            _assertions.AssertTrue(isSender(sender), $"{Hint(hint)}the sender {sender} of <{message}> does not fulfil the condition");
            Fulfilling(isMessage, hint)(message, sender);
        };
    }

    private static Action<T, IActorRef> Both<T>(Action<IActorRef> assertSender, Action<T> assertMessage)
    {
        return (message, sender) =>
        {
            assertSender(sender);
            assertMessage(message);
        };
    }
}
