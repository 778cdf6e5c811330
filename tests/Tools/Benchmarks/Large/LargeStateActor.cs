namespace RaftActors.Benchmarks.Large;

/// <summary>
/// An actor with a large state that takes no memory: each byte follows from its place. The state begins with the number of applied pairs.
/// </summary>
internal sealed class LargeStateActor : RaftActor<byte[], long>, IRaftStreamSnapshot
{
    private const int PieceSize = 1 << 16;

    private readonly long _size;
    private readonly TaskCompletionSource _ready;
    private readonly TaskCompletionSource<long> _restored;
    private long _applied;

    public LargeStateActor(long size, TaskCompletionSource ready, TaskCompletionSource<long> restored)
    {
        (_size, _ready, _restored) = (size, ready, restored);
        Receive<byte[]>(value => Group.Append("key", value, replyTo: Sender));
        Receive<Snap>(_ => Group.TakeSnapshot());
    }

    public StateWriter TakeSnapshot(Serial serial)
    {
        var applied = _applied;
        return (state, stopping) =>
        {
            state.Write(BitConverter.GetBytes(applied));
            var piece = new byte[PieceSize];
            for (long offset = 0; offset < _size; offset += PieceSize)
            {
                Fill(piece, offset);
                state.Write(piece);
            }

            return Task.CompletedTask;
        };
    }

    public void RestoreSnapshot(Serial serial, Stream state)
    {
        var (found, expected) = (new byte[PieceSize], new byte[PieceSize]);
        state.ReadExactly(found, 0, sizeof(long));
        _applied = BitConverter.ToInt64(found);
        for (long offset = 0; offset < _size; offset += PieceSize)
        {
            state.ReadExactly(found);
            Fill(expected, offset);
            if (!found.AsSpan().SequenceEqual(expected))
            {
                throw new InvalidDataException($"The restored state differs in the 64 KiB at {offset}.");
            }
        }

        _restored.TrySetResult(_applied);
    }

    protected override long HandleAppend(Entry<byte[]> entry) => ++_applied;

    protected override void HandleLeader(RaftActors.Leader? leader)
    {
        if (leader is { IsReady: true })
        {
            _ready.TrySetResult();
        }
    }

    private static void Fill(Span<byte> piece, long offset)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(piece);
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = (ulong)(offset + i) * 0x9E3779B97F4A7C15;
        }
    }

    /// <summary>Asks for a snapshot.</summary>
    internal sealed record Snap;
}
