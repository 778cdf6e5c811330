namespace Akka.TestKit;

/// <content>Receives messages while a condition holds.</content>
public abstract partial class TestKitBase
{
    /// <summary>
    /// Receives messages and keeps the filter's results. It ends when the filter returns null, at the time limit, after the idle
    /// time without a message, or at the maximum count. The message that ended it stays in the queue. It is not a failure if no
    /// message arrives.
    /// </summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Finished(ReceiveWhile(true, max, Timeout.InfiniteTimeSpan, Filtered(filter), msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        TimeSpan? max, TimeSpan? idle, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Finished(ReceiveWhile(true, max, idle, Filtered(filter), msgs, cancellationToken));

    public IReadOnlyList<T> ReceiveWhile<T>(
        Func<object, T?> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Finished(ReceiveWhile(true, max, idle, Filtered(filter), msgs, cancellationToken));

    /// <summary>Like the overload with a filter, but returns the messages themselves while the condition holds.</summary>
    public IReadOnlyList<T> ReceiveWhile<T>(
        Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default)
    {
        var choice = Continuing(shouldContinue, shouldIgnoreOtherMessageTypes);
        return Finished(ReceiveWhile(true, max, idle, choice, msgs, cancellationToken));
    }

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Enumerate(ReceiveWhile(false, max, Timeout.InfiniteTimeSpan, Filtered(filter), msgs, cancellationToken));

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        TimeSpan? max, TimeSpan? idle, Func<object, T?> filter, int msgs = int.MaxValue, CancellationToken cancellationToken = default) =>
        Enumerate(ReceiveWhile(false, max, idle, Filtered(filter), msgs, cancellationToken));

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Func<object, T?> filter, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        CancellationToken cancellationToken = default) =>
        Enumerate(ReceiveWhile(false, max, idle, Filtered(filter), msgs, cancellationToken));

    public IAsyncEnumerable<T> ReceiveWhileAsync<T>(
        Predicate<T> shouldContinue, TimeSpan? max = null, TimeSpan? idle = null, int msgs = int.MaxValue,
        bool shouldIgnoreOtherMessageTypes = true, CancellationToken cancellationToken = default)
    {
        var choice = Continuing(shouldContinue, shouldIgnoreOtherMessageTypes);
        return Enumerate(ReceiveWhile(false, max, idle, choice, msgs, cancellationToken));
    }

    private enum Choice
    {
        Keep,
        Drop,
        Stop,
    }

    private static Func<object, (Choice Choice, T? Kept)> Filtered<T>(Func<object, T?> filter) =>
        message => filter(message) is { } kept ? (Choice.Keep, kept) : (Choice.Stop, default);

    private static Func<object, (Choice Choice, T? Kept)> Continuing<T>(Predicate<T> shouldContinue, bool dropsOtherTypes)
    {
        return message => message switch
        {
            T typed when shouldContinue(typed) => (Choice.Keep, typed),
            not T when dropsOtherTypes => (Choice.Drop, default),
            _ => (Choice.Stop, default),
        };
    }

    private async ValueTask<IReadOnlyList<T>> ReceiveWhile<T>(
        bool blocks, TimeSpan? max, TimeSpan? idle, Func<object, (Choice Choice, T? Kept)> choose, int count,
        CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(max);
        var idleMax = idle is { } limit && limit >= TimeSpan.Zero ? limit : TimeSpan.MaxValue;
        var kept = new List<T>();
        while (kept.Count < count)
        {
            var wait = Until(end) is var left && left < idleMax ? left : idleMax;
            if (await _queue.Peek(blocks, wait, cancellationToken) is not { } next)
            {
                break;
            }

            var (choice, value) = choose(next.Message!);
            if (choice == Choice.Stop)
            {
                break;
            }

            await Receive(blocks, TimeSpan.Zero, cancellationToken);
            if (choice == Choice.Keep)
            {
                kept.Add(value!);
            }
        }

        _lastWasNoMsg = true; // The wait may have used up the time of its Within block.
        return kept;
    }
}
