namespace RaftActors.Tests.Network;

/// <summary>A channel that never connects.</summary>
internal class NoChannel : ByteChannel
{
    public override IPAddress From => IPAddress.None;

    public override bool HasBytes => false;

    public override Task ConnectAsync(string host, int port, CancellationToken cancellation) => new TaskCompletionSource().Task;

    public override void KeepAlive()
    {
    }

    public override void EndWithoutAnswer()
    {
    }

    public override void Begin(bool keepsThread)
    {
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public override ValueTask<int> ReceiveAsync(Memory<byte> bytes, CancellationToken cancellation = default) =>
        throw new NotSupportedException();

    public override bool TrySendNow(ArraySegment<byte> bytes, out int sent) => throw new NotSupportedException();

    public override Task<int> SendAsync(ArraySegment<byte> bytes) => throw new NotSupportedException();

    public override void Finish()
    {
    }

    public override void Dispose()
    {
    }
}
