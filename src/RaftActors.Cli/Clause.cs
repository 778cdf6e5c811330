namespace RaftActors.Cli;

/// <summary>What servers and engines say are whole sentences; here they stand within another one.</summary>
internal static class Clause
{
    public static string Of(string sentence)
    {
        var text = Printable.Of(sentence.TrimEnd().TrimEnd('.'));
        return text is [var first, var second, ..] && char.IsUpper(first) && char.IsLower(second)
            ? char.ToLowerInvariant(first) + text[1..]
            : text;
    }
}
