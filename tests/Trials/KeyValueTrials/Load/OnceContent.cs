namespace KeyValueTrials.Load;

/// <summary>A body that is sent once. HttpClient sends a PUT again if a kept connection breaks: that would be a second write.</summary>
internal sealed class OnceContent(byte[] body) : HttpContent
{
    private int _sent;

    /// <summary>False: no attempt has sent the request.</summary>
    public bool IsSent => Volatile.Read(ref _sent) > 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        Interlocked.Increment(ref _sent) == 1
            ? stream.WriteAsync(body).AsTask()
            : throw new IOException("The request was sent before.");

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
