namespace Repository.Tests;

/// <summary>
/// The code on a page compiles or stands in the examples, and output is that of the demo. The front page leads to all pages.
/// </summary>
public sealed partial class PageTests
{
    private const string FrontPage = "README.md";
    private const string GettingStarted = "docs/getting-started.md";
    private const string Index = "docs/README.md";
    private const string Singletons = "docs/singletons.md";
    private const string DemoPage = "demo/FourNodes/README.md";

    [Fact]
    public void Program_without_a_host_compiles()
    {
        string[] usings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading.Tasks"];
        var assemblies = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(IsOfTheProduct);

        var program = CSharpSyntaxTree.ParseText(CodeOn(GettingStarted)[0]);

        Assert.Empty(Compilation.ErrorsOf(OutputKind.ConsoleApplication, [program], usings, assemblies));
    }

    [Fact]
    public void Types_of_the_program_without_a_host_stand_in_the_examples()
    {
        var types = CodeOn(GettingStarted)
            .SelectMany(code => CSharpSyntaxTree.ParseText(code).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>())
            .Select(type => type.ToString())
            .ToList();

        Assert.NotEmpty(types);
        Assert.All(types, type => Assert.Contains(WithoutIndentation(type), Examples.Value));
    }

    [Theory]
    [InlineData("docs/actors.md")]
    [InlineData("docs/dashboard.md")]
    [InlineData("docs/effects.md")]
    [InlineData("docs/how-to/before-you-deploy.md")]
    [InlineData("docs/how-to/keep-a-read-model.md")]
    [InlineData("docs/how-to/replace-a-node.md")]
    [InlineData("docs/how-to/unknown-and-http.md")]
    [InlineData("docs/items.md")]
    [InlineData("docs/members.md")]
    [InlineData("docs/monitoring.md")]
    [InlineData("docs/operations.md")]
    [InlineData("docs/outcomes.md")]
    [InlineData("docs/persistence.md")]
    [InlineData("docs/shards-and-entities.md")]
    [InlineData("docs/simulation.md")]
    [InlineData("docs/snapshots.md")]
    [InlineData("docs/testing.md")]
    [InlineData("docs/tutorial.md")]
    [InlineData("src/RaftActors/PACKAGE.md")]
    [InlineData("src/RaftActors.Dashboard/PACKAGE.md")]
    [InlineData("src/RaftActors.Dashboard/README.md")]
    [InlineData("src/RaftActors.Testing/PACKAGE.md")]
    [InlineData("src/RaftActors.Testing/README.md")]
    public void Every_piece_of_code_stands_in_the_examples(string page)
    {
        var pieces = CodeOn(page);

        Assert.NotEmpty(pieces);
        Assert.All(pieces, piece => Assert.Contains(WithoutIndentation(piece), Examples.Value));
    }

    // The other code there is a program, which the tests of hosting compile and run.
    [Fact]
    public void First_code_of_the_front_page_stands_in_the_examples() =>
        Assert.Contains(WithoutIndentation(CodeOn(FrontPage)[0]), Examples.Value);

    [Fact]
    public void Program_without_an_actor_system_stands_in_the_examples() => Assert.Contains(
        CodeOn("docs/client.md"),
        piece => piece.Contains("new RaftConnection(", StringComparison.Ordinal)
            && Examples.Value.Contains(WithoutIndentation(piece), StringComparison.Ordinal));

    [Fact]
    public void Code_and_configuration_on_the_page_of_singletons_stand_in_its_test()
    {
        var page = Repository.Read(Singletons);
        var test = WithoutIndentation(Repository.Read("tests/RaftActors.Hosting.Tests/SingletonPageTests.cs"));
        var pieces = CodeOn(Singletons).Concat(HoconBlocks().Matches(page).Select(match => match.Groups[1].Value)).ToList();

        Assert.Equal(4, pieces.Count);
        Assert.All(pieces, piece => Assert.Contains(WithoutIndentation(piece), test));
    }

    [Fact]
    public void Every_page_is_linked_from_the_front_page_or_the_index()
    {
        var linked = LinksOn(FrontPage).Concat(LinksOn(Index)).ToHashSet();
        var pages = Repository.Files("*.md", "docs").Except([Index]).ToList();

        Assert.Contains(Index, LinksOn(FrontPage));
        Assert.NotEmpty(pages);
        Assert.Empty(pages.Except(linked));
    }

    [Fact]
    public void Output_on_the_page_of_the_demo_is_that_of_the_demo()
    {
        var shown = Repository.Read(DemoPage).Split('\n').Where(line => ProcessLine().IsMatch(line)).ToList();
        var specified = Repository.Read("tests/Demos/FourNodes/seed.txt").Split('\n');

        Assert.NotEmpty(shown);
        Assert.Equal(shown, specified.Where(shown.Contains));
    }

    /// <returns>The linked files, relative to the root.</returns>
    private static IEnumerable<string> LinksOn(string page)
    {
        var folder = Path.Combine(Repository.Root, Path.GetDirectoryName(page)!);
        return Links().Matches(Repository.Read(page))
            .Select(link => Path.GetRelativePath(Repository.Root, Path.Combine(folder, link.Groups[1].Value)).Replace('\\', '/'));
    }

    private static List<string> CodeOn(string page) =>
        [.. CodeBlocks().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value)];

    private static readonly Lazy<string> Examples = new(() =>
        string.Concat(Repository.Files("*.cs", "tests/Demos/Examples")
            .Append("tests/RaftActors.Dashboard.Tests/AccessPageTests.cs")
            .Append("tests/RaftActors.Hosting.Tests/HttpPageTests.cs")
            .Append("tests/RaftActors.Hosting.Tests/ProjectionTests.cs")
            .Select(file => WithoutIndentation(Repository.Read(file)))));

    private static string WithoutIndentation(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()));

    private static bool IsOfTheProduct(string assembly) =>
        Path.GetFileName(assembly) is var name && (name.StartsWith("Akka", StringComparison.Ordinal)
        || name.StartsWith("RaftActors", StringComparison.Ordinal)
        || name.StartsWith("Microsoft.Extensions", StringComparison.Ordinal));

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlocks();

    [GeneratedRegex("```hocon\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex HoconBlocks();

    [GeneratedRegex(@"\]\(([^)#]+)(?:#[^)]*)?\)")]
    private static partial Regex Links();

    [GeneratedRegex("^<[0-9A-F]{8}")]
    private static partial Regex ProcessLine();
}
