namespace RaftActors.Tests.Network;

public sealed class FrameSenderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Frames_are_sent_once_and_in_order_however_few_bytes_the_channel_takes_at_a_time(int bytesMax)
    {
        Lock gate = new();
        OneByteFrames frames = new();
        NarrowChannel channel = new(bytesMax);
        FrameSender sender = new(gate, channel, frames, new TransportMetrics("test"), channel.Fail);
        for (byte content = 1; content <= 50; content++)
        {
            lock (gate)
            {
                frames.Add(content);
            }

            sender.Flush();
        }

        sender.Finish();

        var sent = await channel.Sent.WaitAsync(Guard);
        Assert.Equal(Enumerable.Range(1, 50).SelectMany(content => (byte[])[1, 0, 0, 0, (byte)content]), sent);
    }

    private sealed class OneByteFrames() : Frames(sizeMaxBytes: 1, keptSize: 1000)
    {
        public void Add(byte content)
        {
            var start = Begin();
            Writer.Octet(content);
            Assert.True(TryEnd(start));
        }
    }

    /// <summary>Takes few bytes at a time.</summary>
    private sealed class NarrowChannel(int bytesMax) : NoChannel
    {
        private readonly TaskCompletionSource<List<byte>> _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<byte> _bytes = [];

        /// <summary>All bytes, when this direction has ended.</summary>
        public Task<List<byte>> Sent => _sent.Task;

        public void Fail(Exception? cause) => _sent.TrySetException(cause ?? new IOException());

        public override bool TrySendNow(ArraySegment<byte> bytes, out int sent)
        {
            sent = Take(bytes);
            return true;
        }

        public override Task<int> SendAsync(ArraySegment<byte> bytes) => Task.FromResult(Take(bytes));

        public override void Finish() => _sent.TrySetResult(_bytes);

        private int Take(ArraySegment<byte> bytes)
        {
            var taken = Math.Min(bytes.Count, bytesMax);
            _bytes.AddRange(bytes[..taken]);
            return taken;
        }
    }
}
