namespace Akka.TestKit;

/// <content>Time: how much there is, and blocks that must keep to it.</content>
public abstract partial class TestKitBase
{
    /// <summary>The time left in the innermost Within block.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public TimeSpan Remaining => Until(_end ?? throw new InvalidOperationException("Remaining has no meaning outside of Within."));

    /// <summary>The time left in the innermost Within block, outside of all the default time of one expectation.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    /// <summary>A duration for this machine: multiplied by <c>akka.test.timefactor</c>.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration > TimeSpan.Zero ? duration * TestKitSettings.TestTimeFactor : duration;

    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;

    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? Until(end) : duration;

    /// <summary>
    /// Runs a block that must not take longer than this; expectations inside that name no time have what is left of it. A block that
    /// ends with the expectation that nothing comes may use the time up.
    /// </summary>
    /// <param name="epsilonValue">What the block may take on top of that.</param>
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <param name="min">The least time that the block must take.</param>
    public void Within(
        TimeSpan min, TimeSpan max, Action action, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        Finished(Within(min, max, Block, hint, epsilonValue));

        Task<bool> Block()
        {
            action();
            return Task.FromResult(true);
        }
    }

    public T Within<T>(TimeSpan max, Func<T> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public T Within<T>(
        TimeSpan min, TimeSpan max, Func<T> function, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) =>
        Finished(Within(min, max, () => Task.FromResult(function()), hint, epsilonValue));

    public Task WithinAsync(
        TimeSpan max, Func<Task> actionAsync, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, actionAsync, null, epsilonValue, cancellationToken);

    public async Task WithinAsync(
        TimeSpan min, TimeSpan max, Func<Task> actionAsync, string? hint = null, TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default)
    {
        await Within(min, max, Block, hint, epsilonValue);

        async Task<bool> Block()
        {
            await actionAsync();
            return true;
        }
    }

    public Task<T> WithinAsync<T>(
        TimeSpan max, Func<Task<T>> function, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        WithinAsync(TimeSpan.Zero, max, function, null, epsilonValue, cancellationToken);

    public async Task<T> WithinAsync<T>(
        TimeSpan min,
        TimeSpan max,
        Func<Task<T>> function,
        string? hint = null,
        TimeSpan? epsilonValue = null,
        CancellationToken cancellationToken = default) => await Within(min, max, function, hint, epsilonValue);

    private async ValueTask<T> Within<T>(TimeSpan min, TimeSpan max, Func<Task<T>> block, string? hint, TimeSpan? epsilon)
    {
        var start = Now;
        var outerEnd = _end;
        var limit = RemainingOr(TimeSpan.MaxValue) is var left && left < Dilated(max) ? left : Dilated(max);
        if (limit < min)
        {
            throw Failure($"{Hint(hint)}the block must take {min} at least, but only {limit} are left");
        }

        _end = start + limit;
        _lastWasNoMsg = false;
        T result;
        try
        {
            result = await block();
        }
        finally
        {
            _end = outerEnd;
        }

        var elapsed = Now - start;
        if (elapsed < min)
        {
            throw Failure($"{Hint(hint)}the block took {elapsed}, but must take {min} at least");
        }

        if (!_lastWasNoMsg && elapsed > limit + (epsilon ?? TimeSpan.Zero))
        {
            throw Failure($"{Hint(hint)}the block took {elapsed}, more than {limit}");
        }

        return result;
    }
}
