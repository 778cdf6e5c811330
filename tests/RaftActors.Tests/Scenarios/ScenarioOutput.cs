using System.Text.RegularExpressions;

namespace RaftActors.Tests.Scenarios;

/// <summary>
/// The effects of one line of a scenario. Lines of one source keep their order. The sources have a fixed order, because the order of an
/// actor's callback and of a message to a peer is no promise.
/// </summary>
internal sealed partial class ScenarioOutput
{
    // More lines of one source are shortened.
    private const int LinesMax = 20;

    private readonly List<(Source Source, string Name, string Line)> _lines = [];

    public enum Source
    {
        Store,
        Peer,
        Actor,
        Caller,
        Event,
        Log,
    }

    /// <summary>Lines are dropped meanwhile.</summary>
    public bool IsMuted { get; set; }

    /// <param name="name">Sorts the lines of one kind of source.</param>
    public void Say(Source source, string line, string name = "")
    {
        lock (_lines)
        {
            if (!IsMuted)
            {
                _lines.Add((source, name, line));
            }
        }
    }

    /// <summary>The output since the last call. Processes are called by the part of their name before the node.</summary>
    public string Take()
    {
        var text = new StringBuilder();
        foreach (var source in _lines.GroupBy(each => (each.Source, each.Name), each => each.Line)
            .OrderBy(group => group.Key.Source).ThenBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            foreach (var line in Shortened([.. source]))
            {
                text.Append(line).Append('\n');
            }
        }

        _lines.Clear();
        return NamePattern().Replace(UidPattern().Replace(text.ToString(), ""), match =>
            match.Groups["name"].Value + (match.Groups["life"].Value is { Length: > 0 } life ? LifeOf(life) : ""));
    }

    private static IEnumerable<string> Shortened(string[] lines) => lines.Length <= LinesMax
        ? lines
        : [.. lines[..2], $"(and {lines.Length - 4} more lines)", .. lines[^2..]];

    // The second incarnation of b is b'2.
    private static string LifeOf(string incarnation) => Convert.ToInt32(incarnation, 16) % 100 is var life and not 1 ? $"'{life}" : "";

    [GeneratedRegex(@"(?<=\[akka://[^\]]*)#\d+|(?<=\((voter|learner)) #[0-9a-f]{8}")]
    private static partial Regex UidPattern();

    [GeneratedRegex(@"(?<name>\b\w+)@n-\w+(#(?<life>[0-9a-f]{8}))?")]
    private static partial Regex NamePattern();
}
