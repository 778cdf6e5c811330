namespace Repository.Tests;

/// <summary>The packages have the changelog's section of their version as release notes.</summary>
public sealed partial class ReleaseTests
{
    [Fact]
    public void Changelog_has_a_section_of_the_version()
    {
        var version = Version().Match(Repository.Read("src/Directory.Build.props")).Groups[1].Value;

        Assert.Matches($@"\n## \[{Regex.Escape(version)}\] - \d{{4}}-\d\d-\d\d\n\n### ", Repository.Read("CHANGELOG.md"));
    }

    [GeneratedRegex("<Version>(.*)</Version>")]
    private static partial Regex Version();
}
