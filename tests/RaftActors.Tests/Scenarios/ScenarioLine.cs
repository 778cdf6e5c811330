namespace RaftActors.Tests.Scenarios;

/// <summary>One directive: <c>subject: verb word word key=value key=(a b)</c>. Without a subject it is about the scenario.</summary>
internal sealed record ScenarioLine(string Subject, string Verb, IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Settings)
{
    public static ScenarioLine Parse(string line)
    {
        // A directive of its own follows these words.
        var colon = line.StartsWith("quietly ", StringComparison.Ordinal) || line.StartsWith("repeat ", StringComparison.Ordinal)
            ? -1 : line.IndexOf(": ", StringComparison.Ordinal);
        var subject = colon < 0 ? "" : line[..colon];
        var (words, settings) = (new List<string>(), new Dictionary<string, string>());
        foreach (var part in ScenarioFile.Parts(line[(subject.Length == 0 ? 0 : colon + 2)..]))
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
}
