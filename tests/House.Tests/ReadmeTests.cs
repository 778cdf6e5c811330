using System.Text.RegularExpressions;

namespace House.Tests;

/// <summary>The front page does not lie: its code is compiled, its links lead somewhere, its output is the demo's.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = Repository.Read("README.md");

    [Fact]
    public void Every_piece_of_code_stands_in_the_examples()
    {
        var files = Repository.Files("*.cs", "tests/RaftActors.Examples");
        var examples = string.Concat(files.Select(file => WithoutIndentation(Repository.Read(file))));
        var pieces = CodeBlocks().Matches(Readme).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(WithoutIndentation(piece), examples));
    }

    [Fact]
    public void Every_link_into_the_repository_leads_somewhere()
    {
        var targets = Links().Matches(Readme).Select(match => match.Groups[1].Value);
        var files = targets.Where(target => !target.StartsWith('#') && !target.Contains("://"));

        Assert.All(files, target => Assert.True(Path.Exists(Path.Combine(Repository.Root, target)), target));
    }

    [Fact]
    public void Output_shown_is_that_of_the_specification() =>
        Assert.Contains(Repository.Read("tests/FourNodes.Tests/seed.txt"), Readme);

    private static string WithoutIndentation(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Links();
}
