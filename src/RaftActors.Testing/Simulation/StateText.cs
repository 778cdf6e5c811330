using System.Text;
using System.Text.Json;

namespace RaftActors.Testing.Simulation;

/// <summary>
/// Compares the bytes of two snapshots without the order of what is in them, because equal hash sets and dictionaries are in another order
/// after a restart. Of JSON the order of properties and elements does not count. Of other bytes only the number of each byte counts. So a
/// list in another order counts as equal, because the bytes of a list and a set are alike and a false alarm costs more than a miss.
/// </summary>
internal static class StateText
{
    private const int Before = 40;
    private const int LengthMax = 120;

    public static bool AreEqual(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other)
        || (one.Length == other.Length && (JsonOf(one), JsonOf(other)) is var (json, otherJson)
            && (json is null || otherJson is null ? Sorted(one).SequenceEqual(Sorted(other)) : json == otherJson));

    /// <summary>Texts for people, which begin shortly before the first difference.</summary>
    public static (string One, string Other) Difference(byte[] one, byte[] other)
    {
        var (text, otherText) = (TextOf(one), TextOf(other));
        var start = Math.Max(0, text.AsSpan().CommonPrefixLength(otherText) - Before);
        return (Part(text, start), Part(otherText, start));
    }

    private static string Part(string text, int start) =>
        $"{(start > 0 ? "..." : "")}{text.AsSpan(start, Math.Min(text.Length - start, LengthMax))}"
            + (text.Length - start > LengthMax ? "..." : "");

    private static string TextOf(byte[] state) =>
        string.Concat((JsonOf(state) ?? Encoding.UTF8.GetString(state)).Select(each => char.IsControl(each) ? '.' : each));

    private static byte[] Sorted(byte[] state) => [.. state.Order()];

    // The codec writes a few bytes before the JSON.
    internal static string? JsonOf(byte[] state)
    {
        var start = state.AsSpan().IndexOfAny((byte)'{', (byte)'[');
        if (start < 0)
        {
            return null;
        }

        try
        {
            using var json = JsonDocument.Parse(state.AsMemory(start));
            return SortedText(json.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string SortedText(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{Joined(json.EnumerateObject().Select(each => $"\"{each.Name}\":{SortedText(each.Value)}"))}}}",
        JsonValueKind.Array => $"[{Joined(json.EnumerateArray().Select(SortedText))}]",
        _ => json.GetRawText(),
    };

    private static string Joined(IEnumerable<string> texts) => string.Join(",", texts.Order(StringComparer.Ordinal));
}
