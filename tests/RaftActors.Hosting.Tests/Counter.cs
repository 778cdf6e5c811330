namespace RaftActors.Hosting.Tests;

/// <summary>Adds numbers. Its constructor is filled by services.</summary>
internal sealed class Counter : RaftActor<int, int>
{
    /// <summary>No life can apply it.</summary>
    public const int Poison = int.MinValue;

    private int _total;

    public Counter(Scoped scoped, Lives lives)
    {
        lives.Began(scoped);
        Receive<int>(number => Group.Append("number", number, replyTo: Sender));
        Receive<Read>(_ => Group.Query("total", replyTo: Sender));
        Receive<Exception>(problem => throw problem);
    }

    protected override int HandleAppend(Entry<int> entry) =>
        entry.Value == Poison ? throw new InvalidDataException("no number") : _total += entry.Value;

    protected override object? HandleQuery(object question) => _total;

    public sealed record Read;
}

/// <summary>A service of the scope of one instance.</summary>
internal sealed class Scoped : IAsyncDisposable
{
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the scope is disposed.</summary>
    public Task Disposed => _disposed.Task;

    public ValueTask DisposeAsync()
    {
        _disposed.SetResult();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The instances of the counters of one host, in the order of their constructors.</summary>
internal sealed class Lives
{
    private readonly System.Threading.Channels.Channel<Scoped> _begun = System.Threading.Channels.Channel.CreateUnbounded<Scoped>();

    public void Began(Scoped scoped) => _begun.Writer.TryWrite(scoped);

    public Task<Scoped> NextAsync() => _begun.Reader.ReadAsync().AsTask().WaitAsync(Guard);
}
