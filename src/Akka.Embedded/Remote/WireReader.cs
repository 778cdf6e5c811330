using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>Reads the format of <see cref="WireWriter"/>. Truncated or malformed bytes give a <see cref="WireException"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
    private const int DepthMax = 32;

    /// <summary>The number of nested messages that this thread is reading.</summary>
    [ThreadStatic]
    private static int _depth;

    private ReadOnlySpan<byte> _rest = bytes;

    public readonly ReadOnlySpan<byte> Rest => _rest;

    public byte ReadByte() => Take(1)[0];

    public bool ReadBoolean() => ReadByte() != 0;

    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public long ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = ReadByte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return (long)value;
            }
        }

        throw new WireException("A variable-length integer has more than ten bytes.");
    }

    /// <summary>Reads a number of elements. Each takes at least one byte, so the number is checked before anything is allocated.</summary>
    public int ReadCount()
    {
        var count = ReadVarint();
        return count >= 0 && count <= _rest.Length
            ? (int)count
            : throw new WireException($"A count of {count} does not fit into the {_rest.Length} bytes that follow.");
    }

    public ReadOnlySpan<byte> ReadBlock() => Take(ReadCount());

    public string ReadText() => Encoding.UTF8.GetString(ReadBlock());

    public Address ReadAddress()
    {
        var text = ReadText();
        return Address.TryParse(text, out Address? address)
            ? address
            : throw new WireException($"'{text}' is not an actor system's address");
    }

    /// <summary>Reads a message that is nested in another.</summary>
    public object? ReadPayload(Serialization.Serialization serialization)
    {
        // Messages may be nested, and the network decides the depth. Each level takes stack, and copies all levels inside of it.
        if (_depth == DepthMax)
        {
            throw new WireException($"More than {DepthMax} messages are nested in each other.");
        }

        _depth++;
        try
        {
            var identifier = ReadInt32();
            var manifest = ReadText();
            return serialization.Deserialize(ReadBlock().ToArray(), identifier, manifest);
        }
        finally
        {
            _depth--;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new WireException($"Expected {count} bytes, but only {_rest.Length} are left.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

/// <summary>Bytes from the network violate the wire format. The connection cannot be used further.</summary>
internal sealed class WireException(string message, string kind = "format", Exception? cause = null)
    : SerializationException(message, cause)
{
    /// <summary>Errors of one kind and one peer share the limit of <see cref="PeerLog"/>.</summary>
    public string Kind { get; } = kind;
}
