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
    public bool TryWrite(long number, CallTarget target, ClientCall call)
    {
        var start = Begin();
        try
        {
            CallFormat.WriteCall(Writer, number, target, call);
            return TryEnd(start);
        }
        catch (ArgumentException)
        {
            return Drop(start);
        }
    }

    /// <summary>Writes the frame of a reply. Returns false under the same conditions.</summary>
    public bool TryWrite(long number, object reply)
    {
        var start = Begin();
        try
        {
            CallFormat.WriteReply(Writer, number, reply, outcomes);
            return TryEnd(start);
        }
        catch (ArgumentException)
        {
            return Drop(start);
        }
    }
}
