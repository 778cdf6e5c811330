namespace Repository.Tests;

/// <summary>The list of planted bugs has each bug of the simulator once, and the tests that it names exist.</summary>
public sealed partial class PlantedBugTests
{
    private const string Simulator = "tests/Tools/Simulator";
    private const int HeadLines = 3;

    // Part, bug, seeds, what finds it, and its shortest schedule in the exploration.
    private static readonly string[][] Lines =
    [
        .. Repository.Read($"{Simulator}/planted-bugs.txt").TrimEnd('\n').Split('\n').Skip(HeadLines).Select(line => line.Split(" | ")),
    ];

    [Fact]
    public void Every_line_has_five_columns() => Assert.All(Lines, line => Assert.Equal(5, line.Length));

    [Theory]
    [InlineData("core")]
    [InlineData("actors")]
    public void List_has_each_planted_bug_of_a_part_once(string part)
    {
        var planted = Repository.Files("*.txt", $"{Simulator}/mutants")
            .Where(file => PartOf(file) == part)
            .SelectMany(file => Repository.Read(file).Split('\n'))
            .Where(line => line.StartsWith("== ", StringComparison.Ordinal))
            .Select(line => line["== ".Length..]);

        Assert.Equal(planted.Order(), Lines.Where(line => line[0] == part).Select(line => line[1]).Order());
    }

    [Fact]
    public void Every_test_that_the_list_names_exists()
    {
        var tests = Lines.SelectMany(line => Tests().Matches(line[3])).ToList();

        Assert.NotEmpty(tests);
        Assert.All(tests, test => Assert.Contains(
            Repository.Files($"{test.Groups[1].Value}*.cs", "tests"),
            file => Regex.IsMatch(Repository.Read(file), $@"\b(?:void|Task) {test.Groups[2].Value}\b")));
    }

    [Fact]
    public void Every_scenario_that_the_list_names_exists()
    {
        var scenarios = Lines.SelectMany(line => Scenarios().Matches(line[3])).Select(match => match.Value).ToList();

        Assert.NotEmpty(scenarios);
        Assert.All(scenarios, scenario => Assert.True(Repository.IsScenario(scenario), scenario));
    }

    private static string PartOf(string file) =>
        file.Split('/')[4] is "actors" ? "actors" : "core";

    [GeneratedRegex(@"\b(\w+Tests)\.(\w+)")]
    private static partial Regex Tests();

    [GeneratedRegex(@"\b[a-z]+/\w+\.txt")]
    private static partial Regex Scenarios();
}
