using System.Collections.Concurrent;

namespace Akka.TestKit;

/// <summary>Messages that a test actor has received and the test has not taken yet. Waiting does not poll.</summary>
internal sealed class TestMessageQueue
{
    private readonly ConcurrentQueue<MessageEnvelope> _messages = new();

    /// <summary>Counts the messages in the queue. A successful wait on it guarantees a message.</summary>
    private readonly SemaphoreSlim _available = new(0);

    public bool IsEmpty => _messages.IsEmpty;

    public void Add(MessageEnvelope envelope)
    {
        _messages.Enqueue(envelope);
        _available.Release();
    }

    /// <summary>Removes and returns the next message. Returns null if none arrives in time.</summary>
    /// <param name="blocks">Whether to block the thread, so that the task has completed on return.</param>
    public async ValueTask<MessageEnvelope?> Take(bool blocks, TimeSpan timeout, CancellationToken cancellationToken) =>
        await Wait(blocks, timeout, cancellationToken) && _messages.TryDequeue(out var envelope) ? envelope : null;

    private ValueTask<bool> Wait(bool blocks, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // A semaphore takes milliseconds as an int. Rounded up: a wait may be too long, but never too short.
        var rounded = Math.Min(Math.Ceiling(timeout.TotalMilliseconds), int.MaxValue);
        var milliseconds = timeout < TimeSpan.Zero ? Timeout.Infinite : (int)rounded;
        return blocks
            ? ValueTask.FromResult(_available.Wait(milliseconds, cancellationToken))
            : new ValueTask<bool>(_available.WaitAsync(milliseconds, cancellationToken));
    }
}
