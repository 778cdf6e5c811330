using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Values;

namespace RaftActors;

/// <summary>
/// Converts values of one type to bytes and back, for the log and for the messages between nodes. Implementations must be thread-safe.
/// A later version of a program must decode everything that an earlier version encoded.
/// </summary>
/// <typeparam name="T">The type of the values.</typeparam>
public abstract class RaftCodec<T>
{
    /// <summary>The JSON that this codec writes, or null if it writes other bytes.</summary>
    internal virtual JsonTypeInfo? JsonType => null;

    /// <summary>Encodes a value.</summary>
    /// <param name="value">Never null, because RaftActors writes null itself.</param>
    /// <param name="output">Receives the bytes. Valid only during the call.</param>
    public abstract void Encode(T value, IBufferWriter<byte> output);

    /// <summary>Decodes bytes of <see cref="Encode"/>. Throws an exception for any other bytes.</summary>
    /// <param name="bytes">Valid only during the call, so copy what the value keeps.</param>
    public abstract T? Decode(ReadOnlySpan<byte> bytes);
}

/// <summary>The codecs of RaftActors.</summary>
public static class RaftCodec
{
    /// <summary>
    /// A codec for JSON in UTF-8, by System.Text.Json and reflection. A property that is missing, or unknown, makes a value unreadable; see
    /// docs/actors.md#values.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="options">The options, which become read-only, or null for the defaults of System.Text.Json.</param>
    public static RaftCodec<T> Json<T>(JsonSerializerOptions? options = null)
    {
        options ??= JsonSerializerOptions.Default;
        options.MakeReadOnly(populateMissingResolver: true);
        return Json((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }

    /// <summary>
    /// A codec for JSON in UTF-8, by System.Text.Json and its source generator. A property that is missing, or unknown, makes a value
    /// unreadable.
    /// </summary>
    /// <typeparam name="T">The type of the values.</typeparam>
    /// <param name="type">The metadata of the type, from a JsonSerializerContext.</param>
    public static RaftCodec<T> Json<T>(JsonTypeInfo<T> type) => Json(type, isStrict: true);

    /// <param name="isStrict">See <see cref="StrictJson"/>.</param>
    internal static RaftCodec<T> Json<T>(JsonTypeInfo<T> type, bool isStrict) => new JsonCodec<T>(type, isStrict);

    private sealed class JsonCodec<T>(JsonTypeInfo<T> type, bool isStrict) : RaftCodec<T>
    {
        private readonly JsonTypeInfo<T> _read = isStrict ? (JsonTypeInfo<T>)StrictJson.Of(type) : type;

        internal override JsonTypeInfo JsonType => type;

        public override void Encode(T value, IBufferWriter<byte> output)
        {
            var writer = JsonWriters.Take(type.Options, output);
            JsonSerializer.Serialize(writer, value, type);
            JsonWriters.Return(type.Options, writer);
        }

        public override T? Decode(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, _read);
    }
}
