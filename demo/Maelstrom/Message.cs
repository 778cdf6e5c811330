using System.Text.Json;
using System.Text.Json.Nodes;

namespace Maelstrom;

/// <summary>One message that Maelstrom has delivered.</summary>
/// <param name="Id">The number that a reply names; null: no reply is wanted.</param>
internal sealed record Message(string Source, string Target, string Type, long? Id, JsonObject Body)
{
    /// <param name="line">One line of JSON.</param>
    /// <param name="fault">Why it is no message.</param>
    /// <returns>Null: it is no message.</returns>
    public static Message? Read(string line, out string fault)
    {
        try
        {
            var json = JsonNode.Parse(line) as JsonObject;
            var (source, target, body) = (TextOf(json?["src"]), TextOf(json?["dest"]), json?["body"] as JsonObject);
            if (source is null || target is null || body is null || TextOf(body["type"]) is not { } type)
            {
                fault = "it lacks a src, dest, body or type";
                return null;
            }

            fault = "";
            var id = body["msg_id"] is JsonValue number && number.TryGetValue<long>(out var value) ? value : (long?)null;
            return new Message(source, target, type, id, body);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            fault = $"it is no JSON ({e.Message.Split('\n')[0]})";
            return null;
        }
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
}
