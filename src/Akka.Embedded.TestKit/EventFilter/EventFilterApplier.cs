using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Runs a block of code while an <see cref="EventCounter"/> is active.</summary>
internal sealed class EventFilterApplier(TestKitBase testKit, ActorSystem system, IReadOnlyList<EventFilter> filters) : IEventFilterApplier
{
    public EventFilterFactory And => new(testKit, system, filters);

    public void ExpectOne(Action action, CancellationToken cancellationToken = default)
        => Blocking(1, null, WithResult(action), cancellationToken);

    public void ExpectOne(TimeSpan timeout, Action action, CancellationToken cancellationToken = default)
        => Blocking(1, timeout, WithResult(action), cancellationToken);

    public T ExpectOne<T>(Func<T> func, CancellationToken cancellationToken = default)
        => Blocking(1, null, func, cancellationToken);

    public T ExpectOne<T>(TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default)
        => Blocking(1, timeout, func, cancellationToken);

    public Task ExpectOneAsync(Func<Task> actionAsync, CancellationToken cancellationToken = default)
        => Awaiting(1, null, WithResult(actionAsync), cancellationToken);

    public Task ExpectOneAsync(TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
        => Awaiting(1, timeout, WithResult(action), cancellationToken);

    public Task<T> ExpectOneAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default)
        => Awaiting(1, null, func, cancellationToken);

    public Task<T> ExpectOneAsync<T>(TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default)
        => Awaiting(1, timeout, func, cancellationToken);

    public void Expect(int expectedCount, Action action, CancellationToken cancellationToken = default)
        => Blocking(expectedCount, null, WithResult(action), cancellationToken);

    public void Expect(int expectedCount, TimeSpan timeout, Action action, CancellationToken cancellationToken = default)
        => Blocking(expectedCount, timeout, WithResult(action), cancellationToken);

    public T Expect<T>(int expectedCount, Func<T> func, CancellationToken cancellationToken = default)
        => Blocking(expectedCount, null, func, cancellationToken);

    public T Expect<T>(int expectedCount, TimeSpan timeout, Func<T> func, CancellationToken cancellationToken = default)
        => Blocking(expectedCount, timeout, func, cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, CancellationToken cancellationToken = default)
        => Awaiting(expectedCount, null, WithResult(actionAsync), cancellationToken);

    public Task ExpectAsync(int expectedCount, Func<Task> actionAsync, TimeSpan? timeout, CancellationToken cancellationToken = default)
        => Awaiting(expectedCount, timeout, WithResult(actionAsync), cancellationToken);

    public Task ExpectAsync(int expectedCount, TimeSpan timeout, Func<Task> action, CancellationToken cancellationToken = default)
        => Awaiting(expectedCount, timeout, WithResult(action), cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, Func<Task<T>> func, CancellationToken cancellationToken = default)
        => Awaiting(expectedCount, null, func, cancellationToken);

    public Task<T> ExpectAsync<T>(int expectedCount, TimeSpan timeout, Func<Task<T>> func, CancellationToken cancellationToken = default)
        => Awaiting(expectedCount, timeout, func, cancellationToken);

    public void Mute(Action action, CancellationToken cancellationToken = default) => Mute(WithResult(action), cancellationToken);

    public T Mute<T>(Func<T> func, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        return func();
    }

    public Task MuteAsync(Func<Task> action, CancellationToken cancellationToken = default)
        => MuteAsync(WithResult(action), cancellationToken);

    public async Task<T> MuteAsync<T>(Func<Task<T>> func, CancellationToken cancellationToken = default)
    {
        using var muted = Mute();
        return await func();
    }

    public IUnmutableFilter Mute() => new EventCounter(system, filters, expected: -1);

    private T Blocking<T>(int expected, TimeSpan? timeout, Func<T> block, CancellationToken cancellationToken)
    {
        using var counter = new EventCounter(system, filters, expected);
        var result = block();

        // On another thread: a synchronization context might need this thread for its continuations.
        Task.Run(() => Check(counter, expected, timeout, cancellationToken), CancellationToken.None).GetAwaiter().GetResult();
        return result;
    }

    private async Task<T> Awaiting<T>(int expected, TimeSpan? timeout, Func<Task<T>> block, CancellationToken cancellationToken)
    {
        using var counter = new EventCounter(system, filters, expected);
        var result = await block();
        await Check(counter, expected, timeout, cancellationToken);
        return result;
    }

    private async Task Check(EventCounter counter, int expected, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var leeway = testKit.Dilated(timeout ?? testKit.TestKitSettings.TestEventFilterLeeway);
        await EndsWithin(counter.Reached, leeway, cancellationToken);

        // A surplus event may still be on its way to the logger.
        var flush = new TestEventListener.Flush();
        system.EventStream.Publish(flush);
        if (!await EndsWithin(flush.Done.Task, testKit.Dilated(testKit.TestKitSettings.DefaultTimeout), cancellationToken))
        {
            throw testKit.Failure(
                $"the system {system.Name} has no TestEventListener. Add \"Akka.TestKit.TestEventListener, Akka.TestKit\" to akka.loggers");
        }

        if (counter.Count != expected)
        {
            var wanted = string.Join(" or ", filters.Select(filter => filter.Description));
            throw testKit.Failure($"expected {expected} log events ({wanted}), but {counter.Count} came until {leeway} after the block");
        }
    }

    private static async Task<bool> EndsWithin(Task task, TimeSpan max, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(max, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static Func<bool> WithResult(Action action)
    {
        return () =>
        {
            action();
            return true;
        };
    }

    private static Func<Task<bool>> WithResult(Func<Task> action)
    {
        return async () =>
        {
            await action();
            return true;
        };
    }
}
