using System.Threading.Channels;

namespace RaftActors.Dashboard.Sampling;

/// <summary>One browser that listens. It keeps only the latest sample, so a slow browser skips others.</summary>
/// <param name="subject">The page that it shows.</param>
/// <param name="owner">The user, or the address of a browser without one.</param>
internal sealed class Listener(Subject subject, string owner, Action<Listener> remove) : IDisposable
{
    private readonly Channel<Sample> _samples = Channel.CreateBounded<Sample>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });

    public Subject Subject => subject;

    public string Owner => owner;

    public void Give(Sample sample) => _samples.Writer.TryWrite(sample);

    public IAsyncEnumerable<Sample> ReadAllAsync(CancellationToken stop) => _samples.Reader.ReadAllAsync(stop);

    public void End() => _samples.Writer.TryComplete();

    public void Dispose() => remove(this);
}
