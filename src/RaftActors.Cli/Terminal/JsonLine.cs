using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace RaftActors.Cli.Terminal;

/// <summary>Writes one JSON object per line.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="members">Texts, numbers, booleans, times and ids. A member with null is left out.</param>
    public static void Write(TextWriter output, params IEnumerable<(string Name, object? Value)> members)
    {
        JsonObject line = [];
        foreach (var (name, value) in members.Where(member => member.Value is not null))
        {
            line.Add(name, value switch
            {
                string text => text,
                bool flag => flag,
                DateTime time => time,
                Guid id => id,
                double number => number,
                _ => Convert.ToInt64(value),
            });
        }

        output.WriteLine(line.ToJsonString(Options));
    }
}
