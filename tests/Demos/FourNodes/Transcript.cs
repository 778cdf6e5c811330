using System.Text.RegularExpressions;

namespace FourNodes.Tests;

/// <summary>The lines of a run, without the numbers of request refs, which differ from run to run.</summary>
internal sealed partial class Transcript
{
    public Transcript(IEnumerable<string> lines) => Lines = [.. lines.Select(line => ReferenceNumbers().Replace(line, "Ref#<$1.n.n.n>"))];

    public string[] Lines { get; }

    /// <summary>The specified output, from seed.txt, as a run of this many seconds prints it.</summary>
    public static Transcript Seed(int seconds) =>
        new(File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "seed.txt"))
            .Select(line => line.Replace("10 seconds", $"{seconds} seconds")));

    /// <summary>The lines of the scenario by process, in the order of the output.</summary>
    public ILookup<string, string> ByProcess => Lines.Where(line => line.StartsWith('<')).ToLookup(line => line[..line.IndexOf(' ')]);

    /// <summary>Returns the index of a line; with <paramref name="occurrence"/> 2 that of its second occurrence.</summary>
    public int At(string text, int occurrence = 1)
    {
        var places = Enumerable.Range(0, Lines.Length).Where(i => Lines[i].EndsWith(text)).ToArray();
        Assert.True(places.Length >= occurrence, $"There is no line '{text}' in{Environment.NewLine}{this}");
        return places[occurrence - 1];
    }

    public override string ToString() => string.Join(Environment.NewLine, Lines);

    [GeneratedRegex(@"Ref#<([0-9A-F]{8})\.\d+\.\d+\.\d+>")]
    private static partial Regex ReferenceNumbers();
}
