using Akka.Actor;

namespace Akka.TestKit;

/// <content>Expects the next message, with a time limit.</content>
public abstract partial class TestKitBase
{
    public T ExpectMsg<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(Expect<T>(true, Any, OfType<T>(), duration, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(TimeSpan? duration = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(false, Any, OfType<T>(), duration, hint, cancellationToken);

    public T ExpectMsg<T>(T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(Expect(true, EqualTo(message, hint), Quoted(message), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(
        T message, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(false, EqualTo(message, hint), Quoted(message), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(
        T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Finished(Expect(true, EqualTo(expected, hint, comparer), Quoted(expected), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(
        T expected, Func<T, T, bool> comparer, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(false, EqualTo(expected, hint, comparer), Quoted(expected), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(Expect(true, Fulfilling(isMessage, hint), Special<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(
        Predicate<T> isMessage, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect(false, Fulfilling(isMessage, hint), Special<T>(), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(Expect<T>(true, (message, _) => assert(message), OfType<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T> assert, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Expect<T>(false, (message, _) => assert(message), OfType<T>(), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Finished(Expect(true, Fulfilling(isMessageAndSender, hint), Special<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(
        Func<T, IActorRef, bool> isMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(false, Fulfilling(isMessageAndSender, hint), Special<T>(), timeout, hint, cancellationToken);

    public T ExpectMsg<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Finished(Expect(true, assertMessageAndSender, OfType<T>(), timeout, hint, cancellationToken));

    public ValueTask<T> ExpectMsgAsync<T>(
        Action<T, IActorRef> assertMessageAndSender, TimeSpan? timeout = null, string? hint = null,
        CancellationToken cancellationToken = default) =>
        Expect(false, assertMessageAndSender, OfType<T>(), timeout, hint, cancellationToken);

    /// <summary>Expects the Terminated of a watched actor; see <see cref="Watch"/>.</summary>
    public Terminated ExpectTerminated(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        Finished(ExpectTerminated(true, target, timeout, hint, cancellationToken));

    public ValueTask<Terminated> ExpectTerminatedAsync(
        IActorRef target, TimeSpan? timeout = null, string? hint = null, CancellationToken cancellationToken = default) =>
        ExpectTerminated(false, target, timeout, hint, cancellationToken);

    private ValueTask<Terminated> ExpectTerminated(
        bool blocks, IActorRef target, TimeSpan? timeout, string? hint, CancellationToken cancellationToken) => Expect<Terminated>(
            blocks,
            (terminated, _) => _assertions.AssertEqual(target, terminated.ActorRef, $"{Hint(hint)}expected another actor to end"),
            $"the end of {target}",
            timeout,
            hint,
            cancellationToken);

    /// <summary>The common part of all expectations: receives a message, checks its type, then its content.</summary>
    /// <param name="blocks">Whether to block the thread, so that the task has completed on return.</param>
    private async ValueTask<T> Expect<T>(
        bool blocks, Action<T, IActorRef> check, string expected, TimeSpan? timeout, string? hint, CancellationToken cancellationToken)
    {
        var max = RemainingOrDilated(timeout);
        var envelope = await Receive(blocks, max, cancellationToken);
        if (envelope is null)
        {
            throw Failure($"{Hint(hint)}expected {expected}, but no message came within {max}");
        }

        if (envelope.Message is not T message)
        {
            throw Failure(Hint(hint) + Unlike(expected, envelope.Message, envelope.Sender));
        }

        check(message, envelope.Sender!);
        return message;
    }

    private static void Any<T>(T message, IActorRef sender)
    {
    }

    private Action<T, IActorRef> EqualTo<T>(T expected, string? hint, Func<T, T, bool>? comparer = null)
    {
        return (message, sender) =>
        {
            var failure = Hint(hint) + Unlike(Quoted(expected), message, sender);
            if (comparer is null)
            {
                _assertions.AssertEqual(expected, message, failure);
            }
            else
            {
                _assertions.AssertEqual(expected, message, comparer, failure);
            }
        };
    }

    private Action<T, IActorRef> Fulfilling<T>(Predicate<T> isMessage, string? hint) =>
        Fulfilling<T>((message, _) => isMessage(message), hint);

    private Action<T, IActorRef> Fulfilling<T>(Func<T, IActorRef, bool> isMessage, string? hint) =>
        (message, sender) => _assertions.AssertTrue(isMessage(message, sender), Hint(hint) + Unlike(Special<T>(), message, sender));

    private static string OfType<T>() => $"a message of type {typeof(T)}";

    private static string Special<T>() => $"{OfType<T>()} that fulfils the condition";

    private static string Quoted<T>(T message) => $"<{message}>";

    private static string Hint(string? hint) => string.IsNullOrEmpty(hint) ? "" : $"{hint}: ";

    private static string Unlike(string expected, object? message, IActorRef? sender) =>
        $"expected {expected}, but got <{message}> of type {message?.GetType()} from {sender}";
}
