using System.Text.Json.Nodes;

using RaftActors;

namespace Maelstrom;

/// <summary>Carries the messages of raft as messages of Maelstrom: their bytes as base64, in bodies of the type "raft".</summary>
/// <param name="self">The id of this node.</param>
/// <param name="write">Writes a line.</param>
internal sealed class MaelstromTransport(string self, Action<string> write) : RaftTransport
{
    public const string BodyType = "raft";

    /// <summary>Takes a message of another node. A damaged one is dropped.</summary>
    public void Receive(string source, JsonNode body)
    {
        if (body["bytes"] is JsonValue value && value.TryGetValue<string>(out var text) && TryDecode(text) is { } bytes)
        {
            Receive(source, bytes);
        }
        else
        {
            Console.Error.WriteLine($"Maelstrom: a raft message from {source} has no bytes");
        }
    }

    // A line that the writer has no place for is lost, which raft expects.
    protected override void Send(string node, ReadOnlyMemory<byte> message) =>
        write(
            $"{{\"src\":\"{self}\",\"dest\":\"{node}\",\"body\":{{\"type\":\"{BodyType}\","
            + $"\"bytes\":\"{Convert.ToBase64String(message.Span)}\"}}}}");

    private static byte[]? TryDecode(string text)
    {
        var bytes = new byte[text.Length * 3 / 4];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
