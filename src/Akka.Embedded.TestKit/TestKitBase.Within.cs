namespace Akka.TestKit;

/// <content>Time limits of blocks and expectations.</content>
public abstract partial class TestKitBase
{
    /// <summary>The time left in the innermost Within block.</summary>
    /// <exception cref="InvalidOperationException">The call is outside of a Within block.</exception>
    public TimeSpan Remaining => Until(_end ?? throw new InvalidOperationException("Remaining can only be used inside of Within."));

    /// <summary>The time left in the innermost Within block. Outside of a block, the default time of one expectation.</summary>
    public TimeSpan RemainingOrDefault => RemainingOr(Dilated(TestKitSettings.SingleExpectDefault));

    /// <summary>Multiplies a duration by <c>akka.test.timefactor</c>, which adapts it to the machine.</summary>
    public TimeSpan Dilated(TimeSpan duration) => duration > TimeSpan.Zero ? duration * TestKitSettings.TestTimeFactor : duration;

    public TimeSpan RemainingOrDilated(TimeSpan? duration) => duration is { } given ? Dilated(given) : RemainingOrDefault;

    protected TimeSpan RemainingOr(TimeSpan duration) => _end is { } end ? Until(end) : duration;

    /// <summary>
    /// Runs a block that must end within this time. Expectations inside use the time that is left, unless they name one. A block
    /// that ends with ExpectNoMsg may use up the time.
    /// </summary>
    /// <param name="epsilonValue">A tolerance on top of the time.</param>
    public void Within(TimeSpan max, Action action, TimeSpan? epsilonValue = null, CancellationToken cancellationToken = default) =>
        Within(TimeSpan.Zero, max, action, null, epsilonValue, cancellationToken);

    /// <param name="min">The minimum duration of the block.</param>
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
            throw Failure($"{Hint(hint)}the block must take at least {min}, but only {limit} are left");
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
            throw Failure($"{Hint(hint)}the block took {elapsed}, but must take at least {min}");
        }

        if (!_lastWasNoMsg && elapsed > limit + (epsilon ?? TimeSpan.Zero))
        {
            throw Failure($"{Hint(hint)}the block took {elapsed}, more than {limit}");
        }

        return result;
    }
}
