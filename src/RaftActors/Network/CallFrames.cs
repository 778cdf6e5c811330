using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Writes the frames of one connection of a client: a call or a reply as <see cref="CallFormat"/> has it. Each frame can be read without
/// those before it. There may be a thousand clients, and most of them idle, so little is kept. Not thread-safe.
/// </summary>
internal sealed class CallFrames(int frameSizeMaxBytes, OutcomeFormat outcomes) : Frames(frameSizeMaxBytes, KeptSizeMax)
{
    public const int KeptSizeMax = 64 * 1024;

    /// <summary>False: the call is too large for a frame, or has a text that is no Unicode. Nothing was written.</summary>
    public bool TryWrite(long number, CallTarget target, ClientCall call) =>
        TryFrame((number, target, call), static (writer, each) => CallFormat.WriteCall(writer, each.number, each.target, each.call));

    /// <summary>Writes the frame of a reply. Returns false under the same conditions.</summary>
    public bool TryWrite(long number, object reply) =>
        TryFrame((number, reply, outcomes), static (writer, each) => CallFormat.WriteReply(writer, each.number, each.reply, each.outcomes));

    private bool TryFrame<TContent>(TContent content, Action<ByteWriter, TContent> write)
    {
        var start = Begin();
        try
        {
            write(Writer, content);
            return TryEnd(start);
        }
        catch (ArgumentException)
        {
            return Drop(start);
        }
    }
}
