using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

using RaftActors.Storage;

namespace RaftActors.Cli.Terminal;

/// <summary>Writes one JSON object per line. Members without a value are left out.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TextWriter output, Action<Utf8JsonWriter> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }

    /// <param name="members">Texts, numbers, booleans, times, and null for those that are left out.</param>
    public static void Members(Utf8JsonWriter writer, params (string Name, object? Value)[] members)
    {
        foreach (var (name, value) in members)
        {
            switch (value)
            {
                case null:
                    break;
                case string text:
                    writer.WriteString(name, text);
                    break;
                case bool flag:
                    writer.WriteBoolean(name, flag);
                    break;
                case DateTime time:
                    writer.WriteString(name, time);
                    break;
                case double number:
                    writer.WriteNumber(name, number);
                    break;
                default:
                    writer.WriteNumber(name, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                    break;
            }
        }
    }

    public static void Owner(Utf8JsonWriter writer, StoreOwner? owner)
    {
        if (owner is { } one)
        {
            writer.WriteString("group", one.Group);
            writer.WriteString("process", one.Name.Value);
        }
    }

    public static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    public static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }
}
