using System.Text.RegularExpressions;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace House.Tests;

/// <summary>The code on a page compiles or stands in the examples, and the output on the front page is that of the demo.</summary>
public sealed partial class PageTests
{
    private const string FrontPage = "README.md";

    [Theory]
    [InlineData(FrontPage, 0)]
    [InlineData("src/RaftActors.Hosting/README.md", 0)]
    public void Program_on_the_page_compiles(string page, int block)
    {
        string[] usings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks"];
        var assemblies = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(IsOfTheProduct);

        Assert.Empty(Compilation.ErrorsOf(OutputKind.ConsoleApplication, [CodeOn(page)[block]], usings, assemblies));
    }

    [Fact]
    public void Types_on_the_front_page_stand_in_the_examples()
    {
        var types = CodeOn(FrontPage)
            .SelectMany(code => CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .Select(type => type.ToString())
            .ToList();

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains(WithoutIndentation(type), Examples()));
    }

    [Theory]
    [InlineData("docs/testing.md")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/concepts.md")]
    [InlineData("src/RaftActors/PACKAGE.md")]
    [InlineData("src/RaftActors.Testing/PACKAGE.md")]
    [InlineData("src/RaftActors.Testing/README.md")]
    public void Every_piece_of_code_stands_in_the_examples(string page)
    {
        var pieces = CodeOn(page);

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(WithoutIndentation(piece), Examples()));
    }

    [Fact]
    public void Output_on_the_front_page_is_that_of_the_demo()
    {
        var shown = Repository.Read(FrontPage).Split('\n').Where(line => ProcessLine().IsMatch(line)).ToList();
        var specified = Repository.Read("tests/FourNodes.Tests/seed.txt").Split('\n');

        Assert.NotEmpty(shown);
        Assert.Equal(shown, specified.Where(shown.Contains));
    }

    private static List<string> CodeOn(string page) =>
        [.. CodeBlocks().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value)];

    private static string Examples() =>
        string.Concat(Repository.Files("*.cs", "tests/RaftActors.Examples").Select(file => WithoutIndentation(Repository.Read(file))));

    private static string WithoutIndentation(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    private static bool IsOfTheProduct(string assembly) =>
        Path.GetFileName(assembly) is var name && (name.StartsWith("Akka", StringComparison.Ordinal)
        || name.StartsWith("RaftActors", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex("^<[0-9A-F]{8}")]
    private static partial Regex ProcessLine();
}
