namespace Repository.Tests;

/// <summary>
/// Each row of the pages about bugs of other systems and about the requirements names what shows it. <see cref="PageNameTests"/> finds
/// the tests and scenarios; here are the trials and the planted bugs.
/// </summary>
public sealed partial class EvidenceTests
{
    private const string Judged = "docs/judged.md";

    private static readonly string[][] PlantedBugs =
        [.. Repository.Read("tests/Tools/Simulator/planted-bugs.txt").Split('\n').Select(line => line.Split(" | "))];

    [Theory]
    [InlineData(Judged, 2)]
    [InlineData("docs/requirements.md", 1)]
    public void Each_row_names_a_test_a_scenario_a_trial_or_a_planted_bug(string page, int column) => Assert.All(
        Repository.RowsOf(page),
        row => Assert.True(row.Length > column && Evidence().IsMatch(row[column]), string.Join(" | ", row)));

    [Theory]
    [InlineData(Judged)]
    [InlineData("docs/requirements.md")]
    public void Each_trial_exists(string page)
    {
        var trials = Trials().Matches(Repository.Read(page)).SelectMany(match => match.Groups[1].Captures).Select(trial => trial.Value);

        Assert.All(trials, trial => Assert.Contains($"`{trial}`", Repository.Read("tests/Trials/README.md")));
    }

    [Fact]
    public void Each_planted_bug_is_in_the_list()
    {
        var named = Planted().Matches(Repository.Read(Judged)).Select(match => match.Groups[1].Value);

        Assert.All(named, name => Assert.Contains(PlantedBugs, line => line.Length > 1 && line[1] == name));
    }

    [GeneratedRegex(
        @"`\w+Tests`|`[A-Z][a-z]*(?:_\w+){3,}`|`[a-z]+/\w+\.txt`|\*[\w' ]+\*|`\.ci/run`")]
    private static partial Regex Evidence();

    // As in *DiskTrials* `fsync-eio`, `write-eio`.
    [GeneratedRegex(@"\*[A-Z]\w+Trials\*(?:,? `([a-z]+(?:-[a-z]+)*)`)+")]
    private static partial Regex Trials();

    [GeneratedRegex(@"(?<!\*)\*([a-z][^*\n]+)\*(?!\*)")]
    private static partial Regex Planted();
}
