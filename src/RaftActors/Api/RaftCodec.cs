using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RaftActors;

/// <summary>
/// How values of one type become bytes, in the log and between nodes. Safe for any number of threads. What one version of a program wrote,
/// all later ones must be able to read.
/// </summary>
public abstract class RaftCodec<T>
{
    /// <summary>Gives the bytes of a value that is not null.</summary>
    public abstract ReadOnlyMemory<byte> Encode(T value);

    /// <summary>Gives the value that <see cref="Encode"/> had; an exception says that the bytes are not its own.</summary>
    public abstract T? Decode(ReadOnlySpan<byte> bytes);
}

/// <summary>The codecs that come with RaftActors.</summary>
public static class RaftCodec
{
    private const string NeedsReflection = "JSON of any type needs reflection. Pass a JsonTypeInfo<T> of a JsonSerializerContext instead.";

    /// <summary>JSON by System.Text.Json.</summary>
    /// <param name="options">Unset: the defaults of System.Text.Json.</param>
    [RequiresUnreferencedCode(NeedsReflection)]
    [RequiresDynamicCode(NeedsReflection)]
    public static RaftCodec<T> Json<T>(JsonSerializerOptions? options = null)
    {
        options ??= JsonSerializerOptions.Default;
        options.MakeReadOnly(populateMissingResolver: true);
        return Json((JsonTypeInfo<T>)options.GetTypeInfo(typeof(T)));
    }

    /// <summary>JSON by System.Text.Json and its source generator, for programs that are trimmed or compiled ahead of time.</summary>
    public static RaftCodec<T> Json<T>(JsonTypeInfo<T> type) => new JsonCodec<T>(type);

    private sealed class JsonCodec<T>(JsonTypeInfo<T> type) : RaftCodec<T>
    {
        public override ReadOnlyMemory<byte> Encode(T value) => JsonSerializer.SerializeToUtf8Bytes(value, type);

        public override T? Decode(ReadOnlySpan<byte> bytes) => JsonSerializer.Deserialize(bytes, type);
    }
}
