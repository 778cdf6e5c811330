namespace Akka.TestKit;

/// <content>Expects several messages in any order, or no message.</content>
public abstract partial class TestKitBase
{
    /// <summary>Expects these messages next, in any order, all within the time of one expectation.</summary>
    /// <returns>The messages in order of arrival.</returns>
    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(params T[] messages) =>
        Finished(ExpectAllOf(true, RemainingOrDefault, messages, CancellationToken.None));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(TimeSpan max, params T[] messages) =>
        Finished(ExpectAllOf(true, Dilated(max), messages, CancellationToken.None));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Finished(ExpectAllOf(true, RemainingOrDefault, messages, cancellationToken));

    public IReadOnlyCollection<T> ExpectMsgAllOf<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Finished(ExpectAllOf(true, Dilated(max), messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Enumerate(ExpectAllOf(false, RemainingOrDefault, messages, cancellationToken));

    public IAsyncEnumerable<T> ExpectMsgAllOfAsync<T>(
        TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken = default) =>
        Enumerate(ExpectAllOf(false, Dilated(max), messages, cancellationToken));

    /// <summary>Expects no message for the default time or, inside a Within block, until its end.</summary>
    public void ExpectNoMsg(CancellationToken cancellationToken = default) =>
        Finished(ExpectNone(true, RemainingOrDefault, cancellationToken));

    public void ExpectNoMsg(TimeSpan duration, CancellationToken cancellationToken = default) =>
        Finished(ExpectNone(true, Dilated(duration), cancellationToken));

    public void ExpectNoMsg(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsg(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    public async ValueTask ExpectNoMsgAsync(CancellationToken cancellationToken = default)
    {
        await ExpectNone(false, RemainingOrDefault, cancellationToken);
    }

    public async ValueTask ExpectNoMsgAsync(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        await ExpectNone(false, Dilated(duration), cancellationToken);
    }

    public ValueTask ExpectNoMsgAsync(int milliseconds, CancellationToken cancellationToken = default) =>
        ExpectNoMsgAsync(TimeSpan.FromMilliseconds(milliseconds), cancellationToken);

    private async ValueTask<IReadOnlyList<T>> ExpectAllOf<T>(
        bool blocks, TimeSpan max, IReadOnlyCollection<T> messages, CancellationToken cancellationToken)
    {
        var end = Now + max;
        var missing = messages.ToList();
        var received = new List<T>();
        while (missing.Count > 0)
        {
            var stillExpected = $"expected {List(missing.Cast<object>())} of {List(messages.Cast<object>())} still";
            if (await Receive(blocks, Until(end), cancellationToken) is not { } envelope)
            {
                throw Failure($"{stillExpected}, but no more messages came within {max}");
            }

            if (envelope.Message is not T message || !missing.Remove(message))
            {
                throw Failure($"{stillExpected}, but got {envelope}");
            }

            received.Add(message);
        }

        return received;
    }

    private async ValueTask<bool> ExpectNone(bool blocks, TimeSpan duration, CancellationToken cancellationToken)
    {
        var start = Now;
        if (await Receive(blocks, duration, cancellationToken) is { } envelope)
        {
            throw Failure($"expected no message for {duration}, but got {envelope} after {Now - start}");
        }

        _lastWasNoMsg = true;
        return true;
    }
}
