using System.Collections.Concurrent;

namespace Akka.TestKit;

/// <summary>The messages that a test actor received and the test has not taken yet. Waiting for one never polls.</summary>
internal sealed class TestMessageQueue
{
    private readonly ConcurrentQueue<MessageEnvelope> _messages = new();

    /// <summary>Counts the messages in the queue, so whoever passes it finds one.</summary>
    private readonly SemaphoreSlim _available = new(0);

    public bool IsEmpty => _messages.IsEmpty;

    public void Add(MessageEnvelope envelope)
    {
        _messages.Enqueue(envelope);
        _available.Release();
    }

    /// <summary>The next message, taken out, or null if none came in time.</summary>
    /// <param name="blocks">Whether to hold the thread, so that the task has ended when this returns.</param>
    public async ValueTask<MessageEnvelope?> Take(bool blocks, TimeSpan timeout, CancellationToken cancellationToken) =>
        await Wait(blocks, timeout, cancellationToken) && _messages.TryDequeue(out var envelope) ? envelope : null;

    /// <summary>The next message, left where it is, or null if none came in time.</summary>
    public async ValueTask<MessageEnvelope?> Peek(bool blocks, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!await Wait(blocks, timeout, cancellationToken))
        {
            return null;
        }

        _available.Release();
        return _messages.TryPeek(out var envelope) ? envelope : null;
    }

    private ValueTask<bool> Wait(bool blocks, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // A semaphore counts in milliseconds, in an int; rounded up, as a wait may be too long but never too short.
        var rounded = Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        var milliseconds = timeout < TimeSpan.Zero ? Timeout.Infinite : (int)rounded;
        return blocks
            ? ValueTask.FromResult(_available.Wait(milliseconds, cancellationToken))
            : new ValueTask<bool>(_available.WaitAsync(milliseconds, cancellationToken));
    }
}
