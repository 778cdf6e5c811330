using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RaftActors.Coordination.Downing;

/// <summary>
/// The members that the nodes of a cluster have decided to down: one item of the group. A node adds members only if the item has not
/// changed since it was read. So of two opposite decisions the first one wins, and the second node reads that it is downed.
/// </summary>
/// <param name="Count">The number of members ever downed. The oldest are forgotten, so it may exceed the length of the list.</param>
/// <param name="Downed">The latest of them with their uids, oldest first. A restarted node has another uid.</param>
internal sealed record Decision(long Count, ImmutableArray<string> Downed)
{
    // The item has room for 9000 characters, and a character that JSON escapes takes up to six.
    private const int LengthMax = 4_000;

    public static Decision None { get; } = new(0, []);

    /// <summary>The number of downed members that are not in the list any more.</summary>
    public long Forgotten => Count - Downed.Length;

    public static string NameOf(string system) => $"akka-downing/{system}";

    /// <summary>
    /// Reads the item. Another program may have put other text there. It counts as no decision, and the next one replaces it. A reader
    /// that failed instead would have no answer of the group, and would down itself.
    /// </summary>
    public static Decision Of(string text)
    {
        try
        {
            return JsonSerializer.Deserialize(text, DecisionJson.Default.Decision) is { Downed.IsDefault: false } read
                && read.Downed.All(each => each is not null)
                    ? read
                    : None;
        }
        catch (JsonException)
        {
            return None;
        }
    }

    public string ToText() => JsonSerializer.Serialize(this, DecisionJson.Default.Decision);

    /// <summary>Adds members, and forgets the oldest ones if there are too many.</summary>
    public Decision With(IReadOnlyCollection<string> members)
    {
        var all = Downed.AddRange(members);
        var length = all.Sum(each => each.Length);
        var forgotten = 0;
        while (length > LengthMax && forgotten < all.Length - members.Count)
        {
            length -= all[forgotten++].Length;
        }

        return new(Count + members.Count, all[forgotten..]);
    }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(Decision))]
internal sealed partial class DecisionJson : JsonSerializerContext;
