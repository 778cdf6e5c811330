using System.Collections.Concurrent;

namespace RaftActors.Persistence.Plugins;

/// <summary>The calls under way of each persistence id, in their order. Only one thread at a time begins a call.</summary>
internal sealed class UnderWay
{
    private readonly ConcurrentDictionary<string, Task> _latest = [];

    /// <summary>Makes a call when the one before it of the same id has ended or failed.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public async Task RunAsync(string id, Func<Task> call, CancellationToken cancellation)
    {
        // The caller alone waits for the task of its call, because .NET continues a second one on the thread pool, outside of a simulation.
        TaskCompletionSource ended = new();
        var before = WaitAsync(id, cancellation);
        _latest[id] = ended.Task;
        try
        {
            await before.ConfigureAwait(false);
            await call().ConfigureAwait(false);
        }
        finally
        {
            _latest.TryRemove(KeyValuePair.Create(id, ended.Task));
            ended.SetResult();
        }
    }

    /// <summary>Waits until the latest call of an id has ended or failed.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public Task WaitAsync(string id, CancellationToken cancellation) =>
        _latest.TryGetValue(id, out var call) ? call.WaitAsync(cancellation) : Task.CompletedTask;
}
