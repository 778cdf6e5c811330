namespace Repository.Tests;

/// <summary>
/// A line has at most 140 columns. A file is named after its public type, sorts its using directives, and has no banned word.
/// </summary>
public sealed class TidyTests
{
    private const int ColumnsMax = 140;

    private static readonly string[] Banned =
    [
        "NotImplemented" + "Exception", "TB" + "D", "TO" + "DO", "FIX" + "ME", "Thread" + ".Sleep", "Skip" + " =",
        "/wo" + "rk/", "/tm" + "p/",
    ];

    private static readonly Lazy<Source[]> Sources = new(() =>
        [.. Repository.Files("*.cs", "src", "tests", "demo").Select(Source.Load)]);

    [Fact]
    public void Every_line_fits() => AssertNone(LongLines);

    [Fact]
    public void Every_product_file_with_a_public_type_is_named_after_a_type_in_it() =>
        AssertNone(source => source.File.StartsWith("src/") && IsMisnamed(Compilation.TreeOf(source.File).GetRoot(), Stem(source))
            ? [source.File]
            : []);

    [Fact]
    public void Every_using_directive_is_in_its_place() =>
        AssertNone(source => IsUnsorted(UsingsOf(source)) ? [source.File] : []);

    [Fact]
    public void No_file_has_a_banned_word() =>
        AssertNone(source => Banned.Where(word => source.Text.Contains(word)).Select(word => $"{source.File}: {word}"));

    private static void AssertNone(Func<Source, IEnumerable<string>> findings) => Assert.Empty(Sources.Value.SelectMany(findings));

    private static IEnumerable<string> LongLines(Source source) =>
        Enumerable.Range(0, source.Lines.Length)
            .Where(i => source.Lines[i].Length > ColumnsMax)
            .Select(i => $"{source.File}:{i + 1}: {source.Lines[i].Length} columns");

    // Namespaces before static classes before aliases, and System first, as the compiler's own formatter has it.
    private static bool IsUnsorted(UsingDirectiveSyntax[] usings) => !usings.SequenceEqual(usings
        .OrderBy(line => line.Alias is not null ? 2 : line.StaticKeyword.IsKind(SyntaxKind.StaticKeyword) ? 1 : 0)
        .ThenBy(line => !$"{line.NamespaceOrType}.".StartsWith("System.", StringComparison.Ordinal))
        .ThenBy(line => $"{line.Alias?.Name ?? line.NamespaceOrType as SyntaxNode}", StringComparer.OrdinalIgnoreCase));

    // The using directives of a file stand before its namespace, and that part is parsed in a tenth of the time.
    private static UsingDirectiveSyntax[] UsingsOf(Source source)
    {
        var end = source.Text.IndexOf("\nnamespace ", StringComparison.Ordinal);
        return [.. CSharpSyntaxTree.ParseText(end < 0 ? source.Text : source.Text[..end]).GetCompilationUnitRoot().Usings];
    }

    private static bool IsMisnamed(SyntaxNode root, string stem) =>
        Types(root).Any(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)) && !Types(root).Any(type => NameOf(type) == stem);

    private static string NameOf(MemberDeclarationSyntax type) =>
        type is BaseTypeDeclarationSyntax named ? named.Identifier.Text : ((DelegateDeclarationSyntax)type).Identifier.Text;

    private static IEnumerable<MemberDeclarationSyntax> Types(SyntaxNode root) =>
        root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    // The files of a partial type have dotted names: RaftActor.Starting.cs.
    private static string Stem(Source source) => Path.GetFileName(source.File).Split('.')[0];

    private sealed record Source(string File, string Text, string[] Lines)
    {
        public static Source Load(string file)
        {
            var text = Repository.Read(file);
            return new Source(file, text, text.TrimEnd('\n').Split('\n'));
        }
    }
}
