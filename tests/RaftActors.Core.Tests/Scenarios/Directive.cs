using System.Text;

namespace RaftActors.Core.Tests.Scenarios;

/// <summary>
/// A scenario as text. Lines that begin with <c>#</c> are prose. A step is a directive (<c>word argument key=value key=(a b)</c>), lines of
/// input, <c>----</c>, and the whole output up to an empty line.
/// </summary>
internal static class ScenarioFile
{
    private const string Separator = "----";

    /// <summary>Runs each directive and returns the text with the actual output.</summary>
    public static string Run(string text, Func<Directive, string> run)
    {
        var result = new StringBuilder();
        var lines = new Queue<string>(text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n'));
        while (lines.TryDequeue(out var line))
        {
            result.Append(line).Append('\n');
            if (line.Length == 0 || line.StartsWith('#'))
            {
                continue;
            }

            var input = new List<string>();
            while (lines.Dequeue() is var next && next != Separator)
            {
                input.Add(next);
                result.Append(next).Append('\n');
            }

            SkipExpected(lines);
            result.Append(Separator).Append('\n').Append(run(Directive.Parse(line, input)));
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

/// <summary>One directive of a scenario, with its lines of input.</summary>
internal sealed record Directive(
    string Word,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Settings,
    IReadOnlyList<string> Input)
{
    public static Directive Parse(string line, IReadOnlyList<string> input)
    {
        var (arguments, settings) = (new List<string>(), new Dictionary<string, string>());
        foreach (var part in Parts(line))
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

    /// <summary>Splits a line at spaces outside brackets.</summary>
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
