using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using Akka.Actor;

namespace Akka.Remote;

/// <summary>Reads what <see cref="WireWriter"/> wrote; bytes that are too few or make no sense are a <see cref="WireException"/>.</summary>
internal ref struct WireReader(ReadOnlySpan<byte> bytes)
{
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

    /// <summary>Reads the number of elements that follow; each takes at least one byte, so that a lie cannot make us allocate.</summary>
    public int ReadCount()
    {
        var count = ReadVarint();
        return count >= 0 && count <= _rest.Length
            ? (int)count
            : throw new WireException($"A count of {count} does not fit into the {_rest.Length} bytes that follow.");
    }

    public ReadOnlySpan<byte> ReadBlock() => Take(ReadCount());

    public string ReadText() => Encoding.UTF8.GetString(ReadBlock());

    public Address ReadAddress() => Address.Parse(ReadText());

    /// <summary>Reads a message that is part of another.</summary>
    public object? ReadPayload(Serialization.Serialization serialization)
    {
        // Messages may hold messages, and the depth comes from the network: better an exception than the end of the process.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        int identifier = ReadInt32();
        string manifest = ReadText();
        return serialization.Deserialize(ReadBlock().ToArray(), identifier, manifest);
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new WireException($"{count} bytes expected, {_rest.Length} left.");
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
