using System.Text;

namespace RaftActors.Tests.Scenarios;

/// <summary>
/// A scenario as text. Lines that begin with <c>#</c> are prose. A step is one or more directives, a line each, <c>----</c>, and the whole
/// output up to an empty line.
/// </summary>
internal static class ScenarioFile
{
    private const string Separator = "----";

    /// <summary>Runs each directive and returns the text with the actual output.</summary>
    public static string Run(string text, Func<string, string> run)
    {
        var result = new StringBuilder();
        var lines = new Queue<string>(text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
        while (lines.TryDequeue(out var line))
        {
            if (line.Length == 0 || line.StartsWith('#'))
            {
                result.Append(line).Append('\n');
                continue;
            }

            var output = new StringBuilder();
            for (; line != Separator; line = lines.Dequeue())
            {
                result.Append(line).Append('\n');
                output.Append(run(line));
            }

            SkipExpected(lines);
            result.Append(Separator).Append('\n').Append(output.Length > 0 ? output : "ok\n");
            if (lines.Count > 0)
            {
                result.Append('\n');
            }
        }

        return result.ToString();
    }

    private static void SkipExpected(Queue<string> lines)
    {
        while (lines.TryDequeue(out var line) && line.Length > 0)
        {
        }
    }
}

/// <summary>One directive: <c>subject: verb word word key=value key=(a b)</c>. Without a subject it is about the scenario.</summary>
internal sealed record ScenarioLine(string Subject, string Verb, IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Settings)
{
    public static ScenarioLine Parse(string line)
    {
        // What follows these words is a directive of its own.
        var colon = line.StartsWith("quietly ", StringComparison.Ordinal) || line.StartsWith("repeat ", StringComparison.Ordinal)
            ? -1 : line.IndexOf(": ", StringComparison.Ordinal);
        var subject = colon < 0 ? "" : line[..colon];
        var (words, settings) = (new List<string>(), new Dictionary<string, string>());
        foreach (var part in Parts(line[(subject.Length == 0 ? 0 : colon + 2)..]))
        {
            var at = part.IndexOf('=');
            if (at > 0 && char.IsLetter(part[0]))
            {
                settings[part[..at]] = part[(at + 1)..].Trim('(', ')');
            }
            else
            {
                words.Add(part.Trim('(', ')'));
            }
        }

        return new ScenarioLine(subject, words[0], words[1..], settings) { Line = line };
    }

    /// <summary>The whole line.</summary>
    private string Line { get; init; } = "";

    public string this[int place] => place < Words.Count ? Words[place] : throw new FormatException($"'{Verb}' lacks a word.");

    /// <summary>The words from a place on, with spaces.</summary>
    public string Rest(int from) => string.Join(' ', Words.Skip(from));

    /// <summary>The line after its first words, as it was written.</summary>
    public string Text(int from) => Line.Split(' ', from + (Subject.Length == 0 ? 2 : 3))[^1];

    public bool Has(string word) => Words.Contains(word);

    public string? Setting(string key) => Settings.GetValueOrDefault(key);

    public long? Number(string key) => Setting(key) is { } text ? long.Parse(text) : null;

    /// <summary>A time such as <c>timeout=2s</c> or <c>100ms</c>.</summary>
    public TimeSpan? Time(string key) => Setting(key) is { } text ? TimeOf(text) : null;

    public static TimeSpan TimeOf(string text) => text.EndsWith("ms", StringComparison.Ordinal)
        ? TimeSpan.FromMilliseconds(long.Parse(text[..^2]))
        : TimeSpan.FromSeconds(long.Parse(text.TrimEnd('s')));

    /// <summary>Splits at spaces outside brackets.</summary>
    private static IEnumerable<string> Parts(string line)
    {
        var (part, depth) = (new StringBuilder(), 0);
        foreach (var letter in line + " ")
        {
            depth += letter switch { '(' => 1, ')' => -1, _ => 0 };
            if (letter == ' ' && depth == 0)
            {
                if (part.Length > 0)
                {
                    yield return part.ToString();
                }

                part.Clear();
            }
            else
            {
                part.Append(letter);
            }
        }
    }
}
