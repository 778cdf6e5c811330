using System.Text.RegularExpressions;

namespace House.Tests;

/// <summary>The code on a page is compiled, its links lead somewhere, and the output on the front page is the demo's.</summary>
public sealed partial class ReadmeTests
{
    public static TheoryData<string> Pages => ["README.md", .. Repository.Files("*.md", "src", "tests", "docs")];

    [Theory]
    [InlineData("README.md")]
    [InlineData("src/RaftActors.Testing/README.md")]
    public void Every_piece_of_code_stands_in_the_examples(string page)
    {
        var files = Repository.Files("*.cs", "tests/RaftActors.Examples");
        var examples = string.Concat(files.Select(file => WithoutIndentation(Repository.Read(file))));
        var pieces = CodeBlocks().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(WithoutIndentation(piece), examples));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_into_the_repository_leads_somewhere(string page)
    {
        var targets = Links().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value);
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, page))!;
        var files = targets.Where(target => !target.StartsWith('#') && !target.Contains("://"));

        Assert.All(files, target => Assert.True(Path.Exists(Path.Combine(folder, target.Split('#')[0])), target));
    }

    [Fact]
    public void Output_shown_is_that_of_the_specification() =>
        Assert.Contains(Repository.Read("tests/FourNodes.Tests/seed.txt"), Repository.Read("README.md"));

    private static string WithoutIndentation(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Links();
}
