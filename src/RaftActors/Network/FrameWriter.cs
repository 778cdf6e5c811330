using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Writes the frames of one connection: an octet, the receiver, the sender, and the message with its manifest. The lowest bit of the
/// octet tells the reader to forget what it knows, and the other bits are the format level minus 1. Each connection writes a path or
/// member in full once, and later its place among those written. Not thread-safe.
/// </summary>
internal sealed class FrameWriter : Frames
{
    /// <summary>
    /// Both sides forget all paths and members after a frame that exceeds this number. A thousand groups have more than a thousand
    /// receivers.
    /// </summary>
    public const int MaxKnown = 4000;

    /// <summary>
    /// Both sides also forget all when the known paths and members exceed this number of characters, as <see cref="LengthOf"/> counts
    /// them. Ordinary names exceed <see cref="MaxKnown"/> first.
    /// </summary>
    public const int KnownLengthMax = 2 * 1024 * 1024;

    // Akka.NET has an object for each element of a path, which takes the memory of this many characters.
    private const int ElementLength = 48;

    /// <summary>The largest buffer that is kept. A larger one comes from one large message or a slow node, and is garbage.</summary>
    public const int KeptSizeMax = 1024 * 1024;

    private readonly Address _own;
    private readonly Dictionary<IActorRef, int> _receivers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IActorRef, int> _senders = new(ReferenceEqualityComparer.Instance);
    private long _pathLength;

    // The first frame of a connection may follow those of another writer.
    private bool _mustForget = true;

    public FrameWriter(Address own, int frameSizeMaxBytes)
        : base(frameSizeMaxBytes, KeptSizeMax)
    {
        _own = own;
        Writer.ShareMembers();
    }

    /// <summary>
    /// Writes a message. Returns false, with nothing written, if it is too large for a frame, has a text that is no Unicode, or has
    /// content of a higher format level.
    /// </summary>
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from)
    {
        var start = Begin();
        var isWritten = false;
        try
        {
            Write(to, message, from);
            return isWritten = TryEnd(start);
        }
        catch (ArgumentException)
        {
            // Akka itself logs and drops a message that cannot be encoded. An exception would stop the engine.
            return false;
        }
        finally
        {
            // Half a frame would make the rest of the connection unreadable, so it is cut off after any exception.
            if (!isWritten)
            {
                Drop(start);
                _mustForget = true;
            }
        }
    }

    /// <summary>
    /// Tells whether both sides forget all before the next frame. The reader decides this by itself, so a dishonest writer cannot make it
    /// keep more than this and one frame.
    /// </summary>
    public static bool IsTooMuch(int actors, int members, long length) =>
        actors > MaxKnown || members > MaxKnown || length > KnownLengthMax;

    /// <summary>The characters that a known path counts as.</summary>
    public static int LengthOf(string path) => path.Length + (ElementLength * path.AsSpan().Count('/'));

    /// <summary>The most bytes of a frame besides its message: both paths in full, and room for their lengths and the manifest.</summary>
    public static int HeadSizeMaxOf(IActorRef to, IActorRef from, Address own) =>
        (3 * (to.Path.ToString().Length + from.Path.ToSerializationFormatWithAddress(own).Length)) + 64;

    private void Write(IActorRef to, WireMessage message, IActorRef from)
    {
        var forgets = _mustForget
            || IsTooMuch(
                _receivers.Count + _senders.Count, Writer.SharedMembers, _pathLength + Writer.SharedLength);
        if (forgets)
        {
            _receivers.Clear();
            _senders.Clear();
            Writer.ForgetMembers();
            _pathLength = 0;
        }

        Writer.Octet((byte)(((Level - 1) << 1) | (forgets ? 1 : 0)));
        if (IsNew(_receivers, to))
        {
            WritePath(to.Path.Uid == 0 ? to.Path.ToStringWithoutAddress() : $"{to.Path.ToStringWithoutAddress()}#{to.Path.Uid}");
        }

        if (IsNew(_senders, from))
        {
            WritePath(from.Path.ToSerializationFormatWithAddress(_own));
        }

        WireTable.WriteNamed(Writer, message);
        _mustForget = false;
    }

    private void WritePath(string path)
    {
        Writer.Text(path);
        _pathLength += LengthOf(path);
    }

    private bool IsNew(Dictionary<IActorRef, int> known, IActorRef actor)
    {
        if (known.TryGetValue(actor, out var place))
        {
            Writer.Number(place);
            return false;
        }

        known.Add(actor, known.Count + 1);
        Writer.Number(0);
        return true;
    }
}
