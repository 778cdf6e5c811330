namespace Repository.Tests;

/// <summary>Each promise on the page of guarantees names evidence from outside that exists: tests of whole systems, or trials.</summary>
public sealed partial class GuaranteeTests
{
    private const string Page = "docs/guarantees.md";
    private const string TrialsPage = "tests/Trials/README.md";

    // These projects call parts of the product directly.
    private static readonly string[] FromInside =
    [
        "tests/RaftActors.Core.Tests/",
        "tests/RaftActors.Storage.Tests/",
        "tests/RaftActors.Tests/Delivery/",
        "tests/RaftActors.Tests/Engine/",
        "tests/RaftActors.Tests/Settings/",
    ];

    private static readonly string[][] Rows = [.. Repository.RowsOf(Page)];

    public static TheoryData<string> Promises => new(Rows.Select(row => row[0]));

    [Theory]
    [MemberData(nameof(Promises))]
    public void Promise_is_shown_from_outside(string promise)
    {
        var evidence = Rows.Single(row => row[0] == promise)[1];
        var tests = Tests().Matches(evidence).Select(match => match.Groups[1].Value).ToList();
        var trials = Trials().Matches(evidence).Select(match => match.Groups[1].Value).ToList();

        Assert.True(tests.Count + trials.Count > 0, $"'{evidence}' names no test and no trial.");
        Assert.All(tests, test => Assert.True(IsFromOutside(test), $"{test} is no class of tests that run whole systems."));
        Assert.All(trials, trial => Assert.Contains($"`{trial}`", Repository.Read(TrialsPage)));
    }

    // Two projects may have a class of this name.
    private static bool IsFromOutside(string test) => Repository.Files($"{test}.cs", "tests")
        .Any(file => !FromInside.Any(folder => file.StartsWith(folder, StringComparison.Ordinal)));

    [GeneratedRegex(@"`(\w+Tests)`")]
    private static partial Regex Tests();

    [GeneratedRegex(@"`([a-z]+(?:-[a-z]+)*)`")]
    private static partial Regex Trials();
}
