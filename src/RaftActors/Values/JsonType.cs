using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using RaftActors.Core.Codec;

namespace RaftActors.Values;

/// <summary>A type whose values are written as JSON after the name of the type.</summary>
internal sealed class JsonType
{
    private readonly byte[] _name;
    private JsonTypeInfo? _strict;

    public JsonType(JsonTypeInfo info)
    {
        var name = new ByteWriter();
        name.Text(NameOf(info.Type));
        (Info, _name) = (info, name.ToArray());
    }

    public JsonTypeInfo Info { get; }

    /// <summary>Returns the name without the assembly and its version, because they may differ between nodes.</summary>
    public static string NameOf(Type type) => type.ToString();

    public void Encode(object value, IBufferWriter<byte> output)
    {
        output.Write(_name);
        var writer = JsonWriters.Take(Info.Options, output);
        JsonSerializer.Serialize(writer, value, Info);
        JsonWriters.Return(Info.Options, writer);
    }

    /// <param name="isStrict">See <see cref="StrictJson"/>.</param>
    public object? Decode(ReadOnlySpan<byte> json, bool isStrict) =>
        JsonSerializer.Deserialize(json, isStrict ? _strict ??= StrictJson.Of(Info) : Info);
}
