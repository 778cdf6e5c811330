using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

using Akka.Actor;

using RaftActors.Core.Codec;

namespace RaftActors.Values;

/// <summary>
/// Encodes values: one octet for the kind, then the value, little-endian. The user's codec encodes all values but null, if there is one,
/// or otherwise the JSON of the declared type. Without both, a type without a kind of its own goes through the JSON of its own type, with
/// its name, or through its Akka serializer, with the number and manifest. Thread-safe.
/// </summary>
/// <param name="codec">The user's codec, or null.</param>
/// <param name="codecPlace">Where the user sets a codec for a value or state. Null for results and questions.</param>
internal sealed class ValueCodec<TValue>(
    RaftHost host, RaftCodec<TValue>? codec = null, string? codecPlace = "RaftOptions.Codec")
{
    // The most of the latest value's buffer that a thread keeps.
    private const int KeptSizeMax = 64 * 1024;

    private static readonly byte[] Null = [(byte)Kind.Null];

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    private RaftCodec<TValue>? _codec = codec;
    private volatile bool _isCodecSought = codec is not null || KnownTypes.Has(typeof(TValue));
    private ReadableSerializers? _readable;
    private BoundSerializer? _lastBound;

    // The numbers are in logs and on the wire, so they never change their meaning.
    private enum Kind : byte
    {
        Null = 0,
        String = 1,
        Bytes = 2,
        False = 3,
        True = 4,
        SByte = 5,
        Byte = 6,
        Int16 = 7,
        UInt16 = 8,
        Int32 = 9,
        UInt32 = 10,
        Int64 = 11,
        UInt64 = 12,
        Single = 13,
        Double = 14,
        Decimal = 15,
        Serialized = 16,
        Encoded = 17,
        Named = 18,
        Failure = 19,
        Reminder = 20,
    }

    // Values of these types are views of the encoded bytes, not copies.
    private static bool IsView => typeof(TValue) == typeof(ReadOnlyMemory<byte>) || typeof(TValue) == typeof(ReadOnlyMemory<byte>?);

    // Values and states stay in the log and in snapshots, and all nodes must read them alike. Others go to one reader, which may be older.
    private bool IsStrict => codecPlace is not null;

    // Looked up at the first use, because a test may make its ValueCodec before it names the types.
    private RaftCodec<TValue>? Codec
    {
        get
        {
            if (!_isCodecSought)
            {
                _codec = host.Json.CodecOf<TValue>(IsStrict);
                _isCodecSought = true;
            }

            return _codec;
        }
    }

    /// <summary>A number for the JSON of the values, equal in two programs that can read each other's. 0 without JSON.</summary>
    public ulong Contract => Codec is not { } known ? host.Json.ContractOf(typeof(TValue))
        : known.JsonType is { } json ? JsonContract.Of(json)
        : 0;

    /// <summary>
    /// Reports a missing serializer before there is a value to write. An abstract type passes, because the type of each value decides.
    /// </summary>
    /// <param name="what">The noun before the type in the message, such as "value".</param>
    /// <exception cref="RaftConfigurationException">Values of the type cannot be written.</exception>
    public void DemandType(string what)
    {
        var type = Nullable.GetUnderlyingType(typeof(TValue)) ?? typeof(TValue);
        var isKnown = Codec is not null || KnownTypes.Has(type) || type.IsAbstract || host.Json.Of(type) is not null;
        RaftConfigurationException.Demand(
            isKnown || FindBound(type) is not null,
            $"The {what} type {type} has no serializer. {HowToBind(type)}");
    }

    /// <exception cref="ArgumentException">There is no serializer for its type.</exception>
    public ReadOnlyMemory<byte> Encode(TValue value) => value switch
    {
        null => Null,
        _ when Codec is { } known => WriteEncoded(known, value),
        string text => WriteText(Kind.String, text),
        byte[] bytes => Write(Kind.Bytes, bytes),
        ReadOnlyMemory<byte> bytes => Write(Kind.Bytes, bytes.Span),
        bool flag => new[] { (byte)(flag ? Kind.True : Kind.False) },
        sbyte number => Write(Kind.SByte, number),
        byte number => Write(Kind.Byte, number),
        short number => Write(Kind.Int16, number),
        ushort number => Write(Kind.UInt16, number),
        int number => Write(Kind.Int32, number),
        uint number => Write(Kind.UInt32, number),
        long number => Write(Kind.Int64, number),
        ulong number => Write(Kind.UInt64, number),
        float number => Write(Kind.Single, BitConverter.SingleToUInt32Bits(number)),
        double number => Write(Kind.Double, BitConverter.DoubleToUInt64Bits(number)),
        decimal number => WriteDecimal(number),
        EntityFailure failure => WriteText(Kind.Failure, failure.Text),
        _ when host.Json.Of(value.GetType()) is { } type => WriteNamed(type, value),
        _ => Serialize(value),
    };

    /// <summary>Tells whether values of this type have a codec or a serializer.</summary>
    public bool CanEncode(Type type) =>
        Codec is not null || KnownTypes.Has(type) || host.Json.Of(type) is not null || FindBound(type) is not null;

    /// <summary>
    /// Returns the size of an immutable value without a codec: null, a text, a number or a bool. Returns null if the value may change, or
    /// only <see cref="Encode"/> knows its size.
    /// </summary>
    /// <exception cref="ArgumentException">A text has half a surrogate pair.</exception>
    public int? SizeOfUnchanging(TValue value) => value switch
    {
        null => 1,
        _ when Codec is not null => null,
        bool => 1,
        string text => 1 + StrictText.SizeOf(text),
        sbyte or byte => 1 + sizeof(byte),
        short or ushort => 1 + sizeof(short),
        int or uint or float => 1 + sizeof(int),
        long or ulong or double => 1 + sizeof(long),
        decimal => 1 + sizeof(decimal),
        _ => null,
    };

    /// <exception cref="InvalidDataException">The bytes are damaged, or hold a value of another type.</exception>
    public TValue Decode(ReadOnlyMemory<byte> bytes)
    {
        if (IsView && bytes.Span is [(byte)Kind.Bytes, ..])
        {
            return (TValue)(object)bytes[1..]; // Compiled without a box.
        }

        if (TryReadReminder(bytes, out _, out var reminded))
        {
            return Decode(reminded);
        }

        var value = bytes.Span is [(byte)Kind.Encoded, .. var content] ? DecodeOwn(content) : DecodeAny(bytes.Span);
        return value switch
        {
            TValue typed => typed,
            null when default(TValue) is null => default!, // Justification: TValue admits null, as just asked.
            _ => throw new InvalidDataException(
                $"A value is of type {value?.GetType().Name ?? "null"}; this actor's values are of type {typeof(TValue).Name}."),
        };
    }

    /// <summary>Returns why a value cannot be read, or null if it can. Thread-safe.</summary>
    /// <param name="value">The value, if it can be read.</param>
    public string? FindFault(ReadOnlyMemory<byte> bytes, out TValue? value)
    {
        try
        {
            value = Decode(bytes);
            return null;
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything.
            value = default;
            return e.Message;
        }
    }

    /// <summary>Returns why a value cannot be read, or null if it can. Does not copy the content of a byte[].</summary>
    public string? FindFault(ReadOnlyMemory<byte> bytes) =>
        bytes.Span is [(byte)Kind.Bytes, ..] && (IsView || typeof(TValue).IsAssignableFrom(typeof(byte[])))
            ? null
            : FindFault(bytes, out _);

    /// <summary>Names the type of a value for people, as far as its bytes tell it. Never fails.</summary>
    public static string TypeOf(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return "no value";
        }

        try
        {
            var reader = new ByteReader(bytes[1..]);
            return (Kind)bytes[0] switch
            {
                Kind.Null => "null",
                Kind.String => "text",
                Kind.Bytes => "bytes",
                Kind.False or Kind.True => "bool",
                Kind.Encoded => "by the codec",
                Kind.Named => $"JSON of {reader.Text()}",
                Kind.Serialized => $"by serializer {reader.Integer()}, {reader.Text()}",
                Kind.Failure => "failure of an entity",
                Kind.Reminder when reader.Count() >= 0 && reader.Rest() is var told && !IsReminder(told) =>
                    $"{TypeOf(told)}, of a reminder",
                >= Kind.SByte and <= Kind.Decimal and var number => $"{number}",
                _ => $"unknown kind {bytes[0]}",
            };
        }
        catch (InvalidDataException)
        {
            return $"damaged value of kind {bytes[0]}";
        }
    }

    /// <summary>The most bytes before the value of a reminder: its kind and its number.</summary>
    public const int ReminderHeadMax = 1 + 9;

    /// <summary>Returns the value of a reminder's pair: its number, then the value that it was set with.</summary>
    public static byte[] EncodeReminder(long number, ReadOnlySpan<byte> value)
    {
        var writer = new ByteWriter();
        writer.Octet((byte)Kind.Reminder);
        writer.Number(number);
        writer.Rest(value);
        return writer.ToArray();
    }

    public static bool IsReminder(ReadOnlySpan<byte> bytes) => bytes is [(byte)Kind.Reminder, ..];

    /// <exception cref="InvalidDataException">The bytes are damaged.</exception>
    public static bool TryReadReminder(ReadOnlyMemory<byte> bytes, out long number, out ReadOnlyMemory<byte> value)
    {
        (number, value) = (0, default);
        if (!IsReminder(bytes.Span))
        {
            return false;
        }

        var reader = new ByteReader(bytes.Span[1..]);
        number = reader.Count();
        value = bytes[(1 + reader.Position)..];
        return !IsReminder(value.Span) ? true : throw reader.Damaged("a reminder is inside of another one");
    }

    /// <summary>Returns the bytes that the codec wrote, or null if the value was written in another way.</summary>
    public static byte[]? ContentOfCodec(ReadOnlySpan<byte> bytes) =>
        bytes is [(byte)Kind.Encoded, .. var content] ? content.ToArray() : null;

    private static byte[] WriteEncoded(RaftCodec<TValue> codec, TValue value)
    {
        var output = TakeBuffer(Kind.Encoded);
        codec.Encode(value, output);
        return Take(output);
    }

    private static byte[] WriteNamed(JsonType type, object value)
    {
        var output = TakeBuffer(Kind.Named);
        type.Encode(value, output);
        return Take(output);
    }

    // A codec may encode a part of its value by another codec, so the buffer is taken out while it is used.
    private static ArrayBufferWriter<byte> TakeBuffer(Kind kind)
    {
        var output = _buffer ?? new ArrayBufferWriter<byte>();
        _buffer = null;
        output.Write([(byte)kind]);
        return output;
    }

    private static byte[] Take(ArrayBufferWriter<byte> output)
    {
        var bytes = output.WrittenSpan.ToArray();
        if (output.Capacity <= KeptSizeMax)
        {
            output.ResetWrittenCount();
            _buffer = output;
        }

        return bytes;
    }

    private static byte[] Write(Kind kind, ReadOnlySpan<byte> content) => [(byte)kind, .. content];

    private static byte[] Write<T>(Kind kind, T number)
        where T : IBinaryInteger<T>
    {
        var bytes = new byte[1 + number.GetByteCount()];
        bytes[0] = (byte)kind;
        number.TryWriteLittleEndian(bytes.AsSpan(1), out _); // Fits. WriteLittleEndian would box the number.
        return bytes;
    }

    private static byte[] WriteText(Kind kind, string text)
    {
        var bytes = new byte[1 + StrictText.SizeOf(text)];
        bytes[0] = (byte)kind;
        StrictText.Encode(text, bytes.AsSpan(1));
        return bytes;
    }

    private static byte[] WriteDecimal(decimal number)
    {
        var bytes = new byte[1 + sizeof(decimal)];
        bytes[0] = (byte)Kind.Decimal;
        Span<int> parts = stackalloc int[4];
        decimal.GetBits(number, parts);
        for (var i = 0; i < 4; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1 + (4 * i)), parts[i]);
        }

        return bytes;
    }

    private object? DecodeOwn(ReadOnlySpan<byte> content)
    {
        if (Codec is not { } known)
        {
            throw new InvalidDataException(
                $"A value of {content.Length} bytes was written by a codec, and this actor has none. Set the codec that wrote it.");
        }

        try
        {
            return known.Decode(content);
        }
        catch (Exception e)
        {
            throw new InvalidDataException($"The codec cannot read a value of {content.Length} bytes: {e.Message}", e);
        }
    }

    private object? DecodeNamed(ReadOnlySpan<byte> content)
    {
        var reader = new ByteReader(content);
        var name = reader.Text();
        var type = host.Json.Of(name) ?? throw new InvalidDataException(
            $"A value of type {name} cannot be read on this node: no context of Raft.UseJson has the type. Add the type to one.");
        try
        {
            return type.Decode(reader.Rest(), IsStrict);
        }
        catch (Exception e)
        {
            throw new InvalidDataException($"The JSON of a {name} cannot be read: {e.Message}", e);
        }
    }

    private object? DecodeAny(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            throw new InvalidDataException("A value has no bytes at all.");
        }

        var content = bytes[1..];
        return (Kind)bytes[0] switch
        {
            Kind.Null when Exactly(content, 0).IsEmpty => null,
            Kind.String => StrictText.Decode(content),
            Kind.Bytes => content.ToArray(),
            Kind.False => !Exactly(content, 0).IsEmpty,
            Kind.True => Exactly(content, 0).IsEmpty,
            Kind.SByte => (sbyte)Exactly(content, 1)[0],
            Kind.Byte => Exactly(content, 1)[0],
            Kind.Int16 => BinaryPrimitives.ReadInt16LittleEndian(Exactly(content, 2)),
            Kind.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(Exactly(content, 2)),
            Kind.Int32 => BinaryPrimitives.ReadInt32LittleEndian(Exactly(content, 4)),
            Kind.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(Exactly(content, 4)),
            Kind.Int64 => BinaryPrimitives.ReadInt64LittleEndian(Exactly(content, 8)),
            Kind.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(Exactly(content, 8)),
            Kind.Single => BinaryPrimitives.ReadSingleLittleEndian(Exactly(content, 4)),
            Kind.Double => BinaryPrimitives.ReadDoubleLittleEndian(Exactly(content, 8)),
            Kind.Decimal => ReadDecimal(Exactly(content, 16)),
            Kind.Serialized => Deserialize(content),
            Kind.Named => DecodeNamed(content),
            Kind.Failure when !IsStrict => new EntityFailure(StrictText.Decode(content)),
            _ => throw new InvalidDataException($"A value has the unknown kind {bytes[0]}."),
        };
    }

    private static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> content, int size) =>
        content.Length == size
            ? content
            : throw new InvalidDataException($"A value has {content.Length} bytes where {size} were expected.");

    private static object ReadDecimal(ReadOnlySpan<byte> bytes)
    {
        try
        {
            Span<int> parts = stackalloc int[4];
            for (var i = 0; i < 4; i++)
            {
                parts[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(4 * i)..]);
            }

            return new decimal(parts);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("A decimal value is damaged.", e);
        }
    }

    private byte[] Serialize(object value)
    {
        var serializer = FindBound(value.GetType()) ?? throw new ArgumentException(
            $"A {value.GetType()} cannot be written: it has no serializer. {HowToBind(value.GetType())}",
            nameof(value));
        try
        {
            var manifest = serializer.ManifestOf(value);
            DemandReadable(serializer.Identifier, manifest);
            var writer = new ByteWriter();
            writer.Octet((byte)Kind.Serialized);
            writer.Number(serializer.Identifier);
            writer.Text(manifest);
            writer.Rest(serializer.Write(value));
            return writer.ToArray();
        }
        catch (Exception e)
        {
            throw new ArgumentException(
                $"A {value.GetType()} cannot be written: {serializer.Name} fails: {e.Message}", nameof(value), e);
        }
    }

    private BoundSerializer? FindBound(Type type)
    {
        if (_lastBound?.Type != type && host.System is { } system && BoundSerializer.Of(system, type) is { } found)
        {
            _lastBound = found;
        }

        return _lastBound?.Type == type ? _lastBound : null;
    }

    private string HowToBind(Type type) =>
        $"Add it to the JsonSerializerContext of {(host.System is null ? "RaftConnection" : "Raft")}.UseJson, "
        + (codecPlace is null ? "" : $"set {codecPlace} to RaftCodec.Json<{type.Name}>(), ")
        + (host.System is null
            ? "or create the client in an actor system, by Raft.CreateClient, with a serializer of your own."
            : "or bind a serializer of your own: akka.actor { serializers.NAME = \"SERIALIZER, ASSEMBLY\", "
                + $"serialization-bindings {{ \"{type.FullName}, {type.Assembly.GetName().Name}\" = NAME }} }}.");

    private object? Deserialize(ReadOnlySpan<byte> content)
    {
        var reader = new ByteReader(content);
        var identifier = reader.Integer();
        var manifest = reader.Text();
        var system = DemandReadable(identifier, manifest);
        using var nesting = Nesting.Enter();
        try
        {
            return system.Serialization.Deserialize(reader.Rest().ToArray(), identifier, manifest);
        }
        catch (Exception e) when (e is not InvalidDataException)
        {
            throw new InvalidDataException(
                $"Akka's serializer {identifier} cannot read a value of {content.Length} bytes with the manifest '{manifest}': {e.Message}",
                e);
        }
    }

    private ExtendedActorSystem DemandReadable(int identifier, string manifest)
    {
        var system = host.System ?? throw new InvalidDataException(
            $"A value names Akka's serializer {identifier} with the manifest '{manifest}', and a client without an actor system has no "
            + "such serializers. Create it in an actor system, by Raft.CreateClient, or use Raft.UseJson on the nodes.");
        if (!(_readable ??= ReadableSerializers.Of(system)).Contains(identifier, manifest))
        {
            throw new InvalidDataException(
                $"A value names Akka's serializer {identifier} with the manifest '{manifest}', which no node reads: no type is bound to "
                + "this serializer. Bind one to the type of the value, or use Raft.UseJson.");
        }

        return system;
    }
}
