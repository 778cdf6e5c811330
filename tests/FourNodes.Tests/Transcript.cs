using System.Text.RegularExpressions;

namespace FourNodes.Tests;

/// <summary>What a run printed, line by line, with the numbers of the request references left out: they differ from run to run.</summary>
internal sealed partial class Transcript
{
    public Transcript(IEnumerable<string> lines) => Lines = [.. lines.Select(line => ReferenceNumbers().Replace(line, "Ref#<$1.n.n.n>"))];

    public string[] Lines { get; }

    /// <summary>The output in the seed, which is the specification of the demo, as a run of this many seconds prints it.</summary>
    public static Transcript Seed(int seconds) =>
        new(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "seed.txt"))
            .Select(line => line.Replace("10 seconds", $"{seconds} seconds")));

    /// <summary>The lines of the scenario by process id, each in the order in which it printed them.</summary>
    public ILookup<string, string> ByProcess => Lines.Where(line => line.StartsWith('<')).ToLookup(line => line[..line.IndexOf(' ')]);

    /// <summary>Where a line stands; the second of two equal ones for <paramref name="occurrence"/> 2.</summary>
    public int At(string text, int occurrence = 1)
    {
        var places = Enumerable.Range(0, Lines.Length).Where(i => Lines[i].EndsWith(text)).ToArray();
        Assert.True(places.Length >= occurrence, $"no line '{text}' in{Environment.NewLine}{this}");
        return places[occurrence - 1];
    }

    public override string ToString() => string.Join(Environment.NewLine, Lines);

    [GeneratedRegex(@"Ref#<([0-9A-F]{8})\.\d+\.\d+\.\d+>")]
    private static partial Regex ReferenceNumbers();
}
