namespace Akka.TestKit;

/// <content>Waits for conditions outside of the queue. It polls, because nothing signals their change.</content>
public abstract partial class TestKitBase
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>Repeats an assertion until it passes. After the time it fails with the last exception.</summary>
    public void AwaitAssert(
        Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default) =>
        Finished(AwaitAssert(true, Asynchronous(assertion), duration, interval, cancellationToken));

    public async Task AwaitAssertAsync(
        Action assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        await AwaitAssert(false, Asynchronous(assertion), duration, interval, cancellationToken);
    }

    public async Task AwaitAssertAsync(
        Func<Task> assertion, TimeSpan? duration = null, TimeSpan? interval = null, CancellationToken cancellationToken = default)
    {
        await AwaitAssert(false, assertion, duration, interval, cancellationToken);
    }

    /// <summary>Repeats a condition until it is true. Fails if that does not happen in time.</summary>
    public void AwaitCondition(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, null, null, null, cancellationToken);

    public void AwaitCondition(Func<bool> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, null, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitCondition(conditionIsFulfilled, max, null, message, cancellationToken);

    public void AwaitCondition(
        Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default) =>
        Finished(AwaitCondition(true, Asynchronous(conditionIsFulfilled), max, interval, message, cancellationToken));

    public Task AwaitConditionAsync(Func<bool> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(Asynchronous(conditionIsFulfilled), null, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(Asynchronous(conditionIsFulfilled), max, null, message, cancellationToken);

    public Task AwaitConditionAsync(
        Func<bool> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(Asynchronous(conditionIsFulfilled), max, interval, message, cancellationToken);

    public Task AwaitConditionAsync(Func<Task<bool>> conditionIsFulfilled, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, null, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, null, cancellationToken);

    public Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, string? message, CancellationToken cancellationToken = default) =>
        AwaitConditionAsync(conditionIsFulfilled, max, null, message, cancellationToken);

    public async Task AwaitConditionAsync(
        Func<Task<bool>> conditionIsFulfilled, TimeSpan? max, TimeSpan? interval, string? message = null,
        CancellationToken cancellationToken = default)
    {
        await AwaitCondition(false, conditionIsFulfilled, max, interval, message, cancellationToken);
    }

    private async ValueTask<bool> AwaitAssert(
        bool blocks, Func<Task> assertion, TimeSpan? duration, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var end = Now + RemainingOrDilated(duration);
        while (true)
        {
            try
            {
                await assertion();
                return true;
            }
            catch (Exception) when (Now < end)
            {
                await Pause(blocks, end, interval, cancellationToken);
            }
        }
    }

    private async ValueTask<bool> AwaitCondition(
        bool blocks, Func<Task<bool>> isFulfilled, TimeSpan? max, TimeSpan? interval, string? message, CancellationToken cancellationToken)
    {
        var duration = RemainingOrDilated(max);
        var end = Now + duration;
        while (!await isFulfilled())
        {
            if (Now >= end)
            {
                throw Failure($"the condition was not fulfilled within {duration}{(message is null ? "" : $": {message}")}");
            }

            await Pause(blocks, end, interval, cancellationToken);
        }

        return true;
    }

    /// <summary>Waits for one interval, at most until the end, so that the last check happens at the end.</summary>
    private static async ValueTask Pause(bool blocks, TimeSpan end, TimeSpan? interval, CancellationToken cancellationToken)
    {
        var wanted = interval ?? DefaultInterval;
        var pause = Until(end) is var left && left < wanted ? left : wanted;
        if (blocks)
        {
            cancellationToken.WaitHandle.WaitOne(pause);
            cancellationToken.ThrowIfCancellationRequested();
        }
        else
        {
            await Task.Delay(pause, cancellationToken);
        }
    }

    private static Func<Task<T>> Asynchronous<T>(Func<T> function) => () => Task.FromResult(function());

    private static Func<Task> Asynchronous(Action action)
    {
        return () =>
        {
            action();
            return Task.CompletedTask;
        };
    }
}
