using System.Buffers.Binary;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Writes the frames of one connection of a client: the length in 4 bytes, then a call or a reply as <see cref="CallFormat"/> has it. Each
/// frame can be read without those before it. Not thread-safe.
/// </summary>
/// <param name="keptSize">A larger buffer is left to the garbage collector: there may be a thousand clients, and most of them idle.</param>
internal sealed class CallFrames(int frameSizeMaxBytes, OutcomeFormat outcomes, int keptSize = CallFrames.KeptSizeMax) : IFrames
{
    public const int KeptSizeMax = 64 * 1024;

    private readonly ByteWriter _writer = new() { Level = FormatRange.Own.Lowest };

    /// <inheritdoc/>
    public int Length => _writer.Length;

    /// <inheritdoc/>
    public int KeptSize => keptSize;

    /// <inheritdoc/>
    public byte Level
    {
        get => _writer.Level;
        set => _writer.Level = value;
    }

    /// <summary>False: the call is too large for a frame, or has a text that is no Unicode. Nothing was written.</summary>
    public bool TryWrite(long number, CallTarget target, ClientCall call)
    {
        var start = Begin();
        try
        {
            CallFormat.WriteCall(_writer, number, target, call);
            return TryEnd(start);
        }
        catch (ArgumentException)
        {
            _writer.Cut(start);
            return false;
        }
    }

    /// <summary>Writes the frame of a reply. Returns false under the same conditions.</summary>
    public bool TryWrite(long number, object reply)
    {
        var start = Begin();
        try
        {
            CallFormat.WriteReply(_writer, number, reply, outcomes);
            return TryEnd(start);
        }
        catch (ArgumentException)
        {
            _writer.Cut(start);
            return false;
        }
    }

    /// <inheritdoc/>
    public ArraySegment<byte> Take(byte[] next) => _writer.Detach(next.Length <= keptSize ? next : []);

    private int Begin()
    {
        var start = _writer.Length;
        _writer.Room(sizeof(int));
        return start;
    }

    private bool TryEnd(int start)
    {
        var size = _writer.Length - start - sizeof(int);
        if (size > frameSizeMaxBytes)
        {
            _writer.Cut(start);
            return false;
        }

        BinaryPrimitives.WriteInt32LittleEndian(_writer.Written[start..], size);
        return true;
    }
}
