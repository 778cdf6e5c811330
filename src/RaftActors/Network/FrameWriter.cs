using System.Buffers.Binary;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>
/// Writes the frames of one connection: the length in 4 bytes, an octet, the receiver, the sender, and the message with its manifest. The
/// lowest bit of the octet says that the reader forgets what it knows, and the others are the format level less 1. Paths and members are
/// written in full once for each connection; later they are their place among those written. Not thread-safe.
/// </summary>
/// <param name="own">The address of this actor system.</param>
/// <param name="keptSizeMax">A larger buffer is left to the garbage collector: one large message, or a slow node, made it large.</param>
internal sealed class FrameWriter(Address own, int frameSizeMaxBytes, int keptSizeMax = FrameWriter.KeptSizeMax)
{
    /// <summary>
    /// When so many paths or members are known, both sides forget all. A reader accepts some more. A node with a thousand groups has more
    /// than a thousand receivers.
    /// </summary>
    public const int MaxKnown = 4000;

    /// <summary>The largest buffer that is kept for a node.</summary>
    public const int KeptSizeMax = 1024 * 1024;

    /// <summary>The largest buffer that is kept for a client: there may be a thousand, and most of them idle.</summary>
    public const int KeptForClientMax = 64 * 1024;

    private readonly ByteWriter _writer = NewWriter();
    private readonly Dictionary<IActorRef, int> _receivers = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IActorRef, int> _senders = new(ReferenceEqualityComparer.Instance);
    private bool _mustForget;

    /// <summary>The largest buffer to keep for this connection.</summary>
    public int KeptSize => keptSizeMax;

    /// <summary>The format level of the next frames. The reader may know more.</summary>
    public byte Level
    {
        get => _writer.Level;
        set => _writer.Level = value;
    }

    /// <summary>Number of bytes that <see cref="Take"/> would return.</summary>
    public int Length => _writer.Length;

    /// <summary>
    /// False: the message is too large for a frame, has a text that is no Unicode, or has content of a higher format level. Nothing was
    /// written.
    /// </summary>
    public bool TryWrite(IActorRef to, WireMessage message, IActorRef from)
    {
        var start = _writer.Length;
        var isWritten = false;
        try
        {
            Write(to, message, from);
            var size = _writer.Length - start - sizeof(int);
            isWritten = size <= frameSizeMaxBytes;
            if (isWritten)
            {
                BinaryPrimitives.WriteInt32LittleEndian(_writer.Written[start..], size);
            }

            return isWritten;
        }
        catch (ArgumentException)
        {
            // Akka logs such a message, and drops it. An exception would stop the engine.
            return false;
        }
        finally
        {
            // Also when the message cannot be encoded: half a frame would make the rest of the connection unreadable.
            if (!isWritten)
            {
                _writer.Cut(start);
                _mustForget = true;
            }
        }
    }

    /// <summary>The next frame names its actors in full, so that it can be read without those before it.</summary>
    public void Forget() => _mustForget = true;

    /// <summary>Takes the frames. The writer continues in the other buffer, unless that is too large to keep.</summary>
    public ArraySegment<byte> Take(byte[] next) => _writer.Detach(next.Length <= keptSizeMax ? next : []);

    private static ByteWriter NewWriter()
    {
        var writer = new ByteWriter { Level = FormatRange.Own.Lowest };
        writer.ShareMembers();
        return writer;
    }

    private void Write(IActorRef to, WireMessage message, IActorRef from)
    {
        var forgets = _mustForget || _receivers.Count + _senders.Count > MaxKnown || _writer.SharedMembers > MaxKnown;
        if (forgets)
        {
            _receivers.Clear();
            _senders.Clear();
            _writer.ForgetMembers();
        }

        _writer.Room(sizeof(int));
        _writer.Octet((byte)(((Level - 1) << 1) | (forgets ? 1 : 0)));
        if (IsNew(_receivers, to))
        {
            _writer.Text(to.Path.Uid == 0 ? to.Path.ToStringWithoutAddress() : $"{to.Path.ToStringWithoutAddress()}#{to.Path.Uid}");
        }

        if (IsNew(_senders, from))
        {
            _writer.Text(from.Path.ToSerializationFormatWithAddress(own));
        }

        WireTable.WriteNamed(_writer, message);
        _mustForget = false;
    }

    private bool IsNew(Dictionary<IActorRef, int> known, IActorRef actor)
    {
        if (known.TryGetValue(actor, out var place))
        {
            _writer.Number(place);
            return false;
        }

        known.Add(actor, known.Count + 1);
        _writer.Number(0);
        return true;
    }
}
