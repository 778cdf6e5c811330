using System.Text.RegularExpressions;

namespace RaftActors.Analyzers.Tests;

/// <summary>The faults of the text files, as users write them. A line says what is found there, or what is missed.</summary>
public sealed partial class PlantedFaultTests
{
    private static readonly Dictionary<string, string> Cases = new[] { "unseen.txt", "planted.txt" }
        .SelectMany(file => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file)).Split("\n== ").Skip(1))
        .ToDictionary(text => text[..text.IndexOf('\n')], text => text[(text.IndexOf('\n') + 1)..]);

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static string Running => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "FaultyActors.cs"));

    [Theory]
    [MemberData(nameof(Names))]
    public Task Fault_is_found_where_its_line_says_so(string name) => FindsMarkedLines(Cases[name]);

    [Fact]
    public void All_but_one_of_22_faults_are_found()
    {
        Assert.Equal(22, Cases.Count);
        Assert.Single(Cases.Values, code => code.Contains("// missed"));
    }

    [Fact]
    public async Task All_but_three_of_the_20_faulty_actors_that_run_are_found()
    {
        await FindsMarkedLines(Running);
        Assert.Equal(20, Marks().Count(Running));
        Assert.Equal(3, Marks().Matches(Running).Count(mark => mark.Groups["missed"].Success));
    }

    private static async Task FindsMarkedLines(string code)
    {
        var expected = code.Split('\n').SelectMany((line, number) =>
            Marks().Matches(line).Where(mark => !mark.Groups["missed"].Success).Select(mark => (number, mark.Groups["rule"].Value)));

        Assert.Equal(expected, await Source.FindAsync(code));
    }

    [GeneratedRegex("// (?<missed>missed )?(?<rule>RAFT[0-9]{3})$", RegexOptions.Multiline)]
    private static partial Regex Marks();
}
