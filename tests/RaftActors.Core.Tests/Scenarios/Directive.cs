namespace RaftActors.Core.Tests.Scenarios;

/// <summary>One directive of a scenario: <c>word argument key=value key=(a b)</c>. Lines of input may follow.</summary>
internal sealed record Directive(
    string Word,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<string> Input)
{
    public static Directive Parse(string line, IReadOnlyList<string> input)
    {
        var (arguments, settings) = (new List<string>(), new Dictionary<string, string>());
        foreach (var part in ScenarioFile.Parts(line))
        {
            var at = part.IndexOf('=');
            if (at > 0 && !part.StartsWith('('))
            {
                settings[part[..at]] = part[(at + 1)..].Trim('(', ')');
            }
            else
            {
                arguments.Add(part.Trim('(', ')'));
            }
        }

        return new Directive(arguments[0], arguments[1..], settings, input);
    }

    public string? Setting(string key) => Settings.GetValueOrDefault(key);

    public int Number(string key, int otherwise) => Setting(key) is { } text ? int.Parse(text) : otherwise;
}
