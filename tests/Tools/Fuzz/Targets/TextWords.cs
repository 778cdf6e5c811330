namespace RaftActors.Fuzz.Targets;

/// <summary>Words of a text format, for mutations.</summary>
internal static class TextWords
{
    public static byte[][] Of(params string[] words) => [.. words.Select(Encoding.UTF8.GetBytes)];
}
