using System.Buffers.Binary;

using RaftActors.Core.Codec;

namespace RaftActors.Network;

/// <summary>The written frames of one connection that are not sent yet, each after its length in 4 bytes. Not thread-safe.</summary>
/// <param name="keptSize">A larger buffer is left to the garbage collector.</param>
internal abstract class Frames(int sizeMaxBytes, int keptSize)
{
    protected ByteWriter Writer { get; } = new() { Level = FormatRange.Own.Lowest };

    /// <summary>The number of bytes that <see cref="Take"/> would return.</summary>
    public int Length => Writer.Length;

    public int KeptSize => keptSize;

    public byte Level
    {
        get => Writer.Level;
        set => Writer.Level = value;
    }

    /// <summary>Takes the frames. The writer continues in the given buffer, unless that is too large to keep.</summary>
    public ArraySegment<byte> Take(byte[] next) => Writer.Detach(next.Length <= keptSize ? next : []);

    /// <summary>Leaves room for the length of a frame. Returns the place of the frame.</summary>
    protected int Begin()
    {
        var start = Writer.Length;
        Writer.Room(sizeof(int));
        return start;
    }

    /// <summary>Ends a frame. Returns false, with nothing written, if it is too large.</summary>
    protected bool TryEnd(int start)
    {
        var size = Writer.Length - start - sizeof(int);
        if (size > sizeMaxBytes)
        {
            return Drop(start);
        }

        BinaryPrimitives.WriteInt32LittleEndian(Writer.Written[start..], size);
        return true;
    }

    /// <summary>Cuts off a frame that cannot be written. Returns false.</summary>
    protected bool Drop(int start)
    {
        Writer.Cut(start);
        return false;
    }
}
