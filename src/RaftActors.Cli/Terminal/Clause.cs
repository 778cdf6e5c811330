namespace RaftActors.Cli.Terminal;

/// <summary>Turns a sentence of a server or an engine into a clause: lower-case first letter, no full stop.</summary>
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
