using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RaftActors.Cli.Terminal;

/// <summary>Writes one JSON object per line.</summary>
internal static class JsonLine
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="members">Texts, numbers, booleans, times and ids. A member with null is left out.</param>
    public static void Write(TextWriter output, params IEnumerable<(string Name, object? Value)> members)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
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
                    case Guid id:
                        writer.WriteString(name, id);
                        break;
                    case double number:
                        writer.WriteNumber(name, number);
                        break;
                    default:
                        writer.WriteNumber(name, Convert.ToInt64(value));
                        break;
                }
            }

            writer.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length));
    }
}
