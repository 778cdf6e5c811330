namespace Repository.Tests;

/// <summary>
/// The folders of a project are layers: code in a folder uses only types of folders below it. So a reader can read them from the bottom,
/// and no two folders need each other. The page has the order, from the top, in a drawing for each project.
/// </summary>
public sealed partial class FolderTests
{
    private const string Page = "docs/internals.md";

    // Their tests run groups of actor systems, or one whole process, and belong to no folder alone.
    private static readonly string[] Whole = ["Groups", "Scenarios"];

    private static readonly Dictionary<string, string[]> Layers = Drawings().Matches(Repository.Read(Page))
        .ToDictionary(
            drawing => drawing.Groups["project"].Value,
            drawing => Nodes().Matches(drawing.Groups["nodes"].Value).Select(node => node.Groups[1].Value).ToArray());

    public static TheoryData<string> Projects => [.. Layers.Keys];

    [Fact]
    public void Page_draws_the_projects() => Assert.Equal(
        [
            "RaftActors",
            "RaftActors.Cli",
            "RaftActors.Coordination",
            "RaftActors.Dashboard",
            "RaftActors.Persistence",
            "RaftActors.Storage",
        ],
        Layers.Keys.Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Page_draws_each_folder_once(string project) =>
        Assert.Equal(SourcesOf(project).Select(FolderOf).Distinct().Order(), Layers[project].Order());

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folder_uses_only_folders_below_it(string project)
    {
        var uses = UsesIn(project).ToList();
        var upwards = uses.Where(use => PlaceOf(use.User) > PlaceOf(use.Used))
            .Select(use => $"\n{use.User} uses {use.Used}").Distinct().ToList();

        Assert.NotEmpty(uses);
        Assert.True(upwards.Count == 0, $"A folder uses one above it. Move the type down, or send a message:{string.Concat(upwards)}");

        int PlaceOf(string file) => Array.IndexOf(Layers[project], FolderOf(file));
    }

    [Fact]
    public void Tests_of_a_type_are_in_the_folder_with_the_name_of_its_folder()
    {
        var foldersOf = SourcesOf("RaftActors").ToLookup(NameOf, FolderOf);
        var folders = SourcesOf("RaftActors").Select(FolderOf).Append("Root").ToHashSet();
        var tests = Repository.Files("*Tests*.cs", "tests/RaftActors.Tests")
            .Select(file => (Type: NameOf(file).Replace("Tests", ""), Folder: FolderOf(file)))
            .Where(test => !Whole.Contains(test.Folder))
            .ToList();

        Assert.NotEmpty(tests);
        Assert.All(tests, test => Assert.Contains(test.Folder, folders));
        Assert.All(tests, test => Assert.True(!foldersOf.Contains(test.Type) || foldersOf[test.Type].Contains(test.Folder), $"{test}"));
    }

    private static IEnumerable<string> SourcesOf(string project) => Repository.Files("*.cs", $"src/{project}");

    private static string NameOf(string file) => Path.GetFileName(file).Split('.')[0];

    private static string FolderOf(string file) => file.Split('/') is [_, _, var folder, _, ..] ? folder : "Root";

    // By the symbols that the names in the code stand for. Comments do not count. Code that uses a type above must name it, or call an
    // extension of it, because no type below has a member of such a type. So only such names are looked up, and those of base types: a
    // lookup binds the code around the name, which takes seconds for all names.
    private static IEnumerable<(string User, string Used)> UsesIn(string project)
    {
        var compilation = Compilation.Of(project);
        var sources = compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0).ToList();
        var namesOf = sources.GroupBy(tree => FolderOf(tree.FilePath)).ToDictionary(
            folder => folder.Key, folder => folder.SelectMany(tree => tree.GetRoot().DescendantNodes()).SelectMany(NamesBy).ToHashSet());
        return sources.SelectMany(tree =>
        {
            var model = Compilation.ModelOf(compilation, tree);
            var above = Layers[project].TakeWhile(folder => folder != FolderOf(tree.FilePath))
                .SelectMany(folder => namesOf.GetValueOrDefault(folder, [])).ToHashSet();
            return tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>()
                .Where(name => name.Parent is BaseTypeSyntax || above.Contains(name.Identifier.Text))
                .Select(name => model.GetSymbolInfo(name))
                .SelectMany(found => found.Symbol is { } symbol ? [symbol] : found.CandidateSymbols)
                .Select(OutermostTypeOf)
                .OfType<INamedTypeSymbol>()
                .Distinct<INamedTypeSymbol>(SymbolEqualityComparer.Default)
                .Where(type => SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly))
                .Select(type => (tree.FilePath, type.DeclaringSyntaxReferences[0].SyntaxTree.FilePath));
        });
    }

    // The names of types and of extensions. An attribute is used without the end of its name.
    private static IEnumerable<string> NamesBy(SyntaxNode node) => node switch
    {
        BaseTypeDeclarationSyntax type => [type.Identifier.Text, type.Identifier.Text.Replace("Attribute", "")],
        DelegateDeclarationSyntax type => [type.Identifier.Text],
        MethodDeclarationSyntax { ParameterList.Parameters: [var first, ..] } method when first.Modifiers.Any(SyntaxKind.ThisKeyword) =>
            [method.Identifier.Text],
        MethodDeclarationSyntax { Parent: ExtensionBlockDeclarationSyntax } method => [method.Identifier.Text],
        PropertyDeclarationSyntax { Parent: ExtensionBlockDeclarationSyntax } property => [property.Identifier.Text],
        _ => [],
    };

    private static INamedTypeSymbol? OutermostTypeOf(ISymbol symbol)
    {
        var type = symbol as INamedTypeSymbol ?? symbol.ContainingType;
        while (type?.ContainingType is { } outer)
        {
            type = outer;
        }

        return type?.OriginalDefinition;
    }

    [GeneratedRegex(
        @"<!-- The folders of (?<project>[\w.]+), from the top -->\s+```mermaid\s+flowchart TB\s+(?<nodes>.*?)```",
        RegexOptions.Singleline)]
    private static partial Regex Drawings();

    [GeneratedRegex(@"^\s*(?:--> )?(\w+)\[", RegexOptions.Multiline)]
    private static partial Regex Nodes();
}
