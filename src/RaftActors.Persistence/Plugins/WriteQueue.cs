using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Plugins;

/// <summary>
/// The writes of this node's actors to one group. A write that comes while others are under way waits for the end of one of them, and goes
/// as one pair with all that wait by then. So many actors cost the group little more than one. Thread-safe.
/// </summary>
/// <param name="append">
/// Appends a command with the key of its pair until its outcome is known. Returns its result, and whether an earlier attempt has a lost
/// outcome.
/// </param>
/// <param name="sizeMax">The most bytes of a pair.</param>
internal sealed class WriteQueue(Func<string, Command, Task<(string Result, bool IsRepeat)>> append, int sizeMax)
{
    // The group writes to its disks while it gathers the next ones.
    private const int UnderWayMax = 2;

    // The result of a batch stays small, even if it has a sentence for each.
    private const int CountMax = 256;

    private readonly Lock _gate = new();
    private readonly Queue<Waiting> _waiting = [];
    private int _underWay;

    /// <param name="cancellation">If it is cancelled before the write is sent, the write is not sent.</param>
    /// <returns>Why the group has refused it, or <see cref="JournalState.Done"/>.</returns>
    /// <exception cref="RaftException">As of <c>JournalCalls.AppendAsync</c>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the write was not sent.</exception>
    public Task<string> WriteAsync(string id, Command.Write write, CancellationToken cancellation)
    {
        Waiting waiting = new(id, write, cancellation);
        lock (_gate)
        {
            _waiting.Enqueue(waiting);
            if (_underWay == UnderWayMax)
            {
                return waiting.Result.Task;
            }

            _underWay++;
        }

        _ = SendAllAsync();
        return waiting.Result.Task;
    }

    private async Task SendAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await SendAsync(batch).ConfigureAwait(false);
        }
    }

    private List<Waiting> Take()
    {
        List<Waiting> batch = [];
        List<Waiting> cancelled = [];
        long size = 0;
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next) && batch.Count < CountMax)
            {
                if (next.Cancellation.IsCancellationRequested)
                {
                    // Its actor was told that it has failed, and may have recovered without it. That one would be stale.
                    cancelled.Add(_waiting.Dequeue());
                    continue;
                }

                size += CommandCodec.SizeOf(next.Id, next.Write);
                if (size > sizeMax && batch.Count > 0)
                {
                    break;
                }

                batch.Add(_waiting.Dequeue());
            }

            _underWay -= batch.Count == 0 ? 1 : 0;
        }

        cancelled.ForEach(each => each.Result.SetCanceled(each.Cancellation));
        return batch;
    }

    private async Task SendAsync(List<Waiting> batch)
    {
        try
        {
            Command command = batch is [var alone] ? alone.Write : new Command.Batch([.. batch.Select(each => (each.Id, each.Write))]);
            var (result, isRepeat) = await append(batch[0].Id, command).ConfigureAwait(false);
            var results = batch.Count == 1 ? [result] : JournalState.ResultsOf(result, batch.Count);
            batch.Zip(results).ToList().ForEach(each => each.First.End(each.Second, isRepeat));
        }
        catch (Exception cause) when (batch.Count > 1 && (cause is ArgumentException || JournalCalls.IsRefusal(cause)))
        {
            // One of them may be refused because of another one, or have an id that is no key of a pair.
            foreach (var each in batch)
            {
                await SendAsync([each]).ConfigureAwait(false);
            }
        }
        catch (Exception cause)
        {
            batch.ForEach(each => each.Result.TrySetException(cause));
        }
    }

    private sealed record Waiting(string Id, Command.Write Write, CancellationToken Cancellation)
    {
        // What follows it tells actors and no more, so it runs on the thread that has the outcome.
        public TaskCompletionSource<string> Result { get; } = new();

        public void End(string result, bool isRepeat)
        {
            try
            {
                Result.SetResult(JournalCalls.ResultOf(Id, result, isRepeat));
            }
            catch (RaftException cause)
            {
                Result.SetException(cause);
            }
        }
    }
}
