namespace RaftActors.Dashboard.Sampling;

/// <summary>A call that runs once at a time. Callers that come meanwhile get the task of the running one. Thread-safe.</summary>
internal sealed class Once
{
    private readonly Lock _lock = new();
    private Task _running = Task.CompletedTask;

    /// <param name="call">Must not throw, and must not block before its first await.</param>
    public Task RunAsync(Func<Task> call)
    {
        lock (_lock)
        {
            return _running = _running.IsCompleted ? call() : _running;
        }
    }
}
