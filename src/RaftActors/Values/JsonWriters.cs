using System.Buffers;
using System.Text.Json;

namespace RaftActors.Values;

/// <summary>
/// Keeps a JSON writer for each thread. A converter may write other values meanwhile, so a writer is taken out while it is used.
/// </summary>
internal static class JsonWriters
{
    // The default limit of System.Text.Json for reading. A deeper value must fail before it is in the log.
    private const int DepthMax = 64;

    // Takes the place of the last buffer, which a kept writer would otherwise keep alive.
    private static readonly ArrayBufferWriter<byte> Nowhere = new();

    [ThreadStatic]
    private static Utf8JsonWriter? _kept;

    [ThreadStatic]
    private static JsonSerializerOptions? _keptOptions;

    /// <param name="output">Receives the bytes, at the latest in <see cref="Return"/>.</param>
    public static Utf8JsonWriter Take(JsonSerializerOptions options, IBufferWriter<byte> output)
    {
        var kept = _kept;
        _kept = null;
        if (kept is null || _keptOptions != options)
        {
            return new Utf8JsonWriter(output, new JsonWriterOptions
            {
                Encoder = options.Encoder,
                Indented = options.WriteIndented,
                MaxDepth = options.MaxDepth is 0 ? DepthMax : options.MaxDepth,
                SkipValidation = true,
            });
        }

        kept.Reset(output);
        return kept;
    }

    /// <summary>Writes the last bytes, and keeps the writer. A writer that failed is not returned.</summary>
    public static void Return(JsonSerializerOptions options, Utf8JsonWriter writer)
    {
        writer.Flush();
        writer.Reset(Nowhere);
        (_kept, _keptOptions) = (writer, options);
    }
}
