using System.Collections.Concurrent;

namespace Repository.Tests;

/// <summary>
/// Compiles source text and reads assemblies, in memory. All tests share what is parsed, read and bound, because each of it takes seconds.
/// </summary>
internal static class Compilation
{
    private static readonly string[] FrameworkAssemblies =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => file.StartsWith(Path.GetDirectoryName(typeof(object).Assembly.Location)!, StringComparison.Ordinal)),
    ];

    private static readonly string[] ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
    ];

    private static readonly ConcurrentDictionary<string, SyntaxTree> Trees = new();
    private static readonly ConcurrentDictionary<string, MetadataReference> References = new();
    private static readonly ConcurrentDictionary<string, Lazy<CSharpCompilation>> Projects = new();
    private static readonly ConcurrentDictionary<SyntaxTree, SemanticModel> Models = new();

    /// <returns>The errors of an assembly that has these sources and usings, and references the framework and these assemblies.</returns>
    public static IEnumerable<Diagnostic> ErrorsOf(
        OutputKind kind, IEnumerable<SyntaxTree> sources, IEnumerable<string> usings, IEnumerable<string> assemblies) =>
        CSharpCompilation.Create(
                "Compiled",
                sources.Append(GlobalUsings(usings)),
                FrameworkAssemblies.Concat(assemblies).Select(ReferenceTo),
                new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable))
            .GetDiagnostics()
            .Where(finding => finding.Severity == DiagnosticSeverity.Error);

    /// <returns>A file of the repository, with its path.</returns>
    public static SyntaxTree TreeOf(string file) =>
        Trees.GetOrAdd(file, static file => CSharpSyntaxTree.ParseText(Repository.Read(file), path: file));

    /// <returns>
    /// The sources of a project of src, with their paths. Generated code is absent, so it has errors where it needs such code.
    /// </returns>
    public static CSharpCompilation Of(string project) =>
        Projects.GetOrAdd(project, static project => new Lazy<CSharpCompilation>(() => Compile(project))).Value;

    /// <returns>The model of a file in the compilation of its project. It keeps what it has found out about the file.</returns>
    public static SemanticModel ModelOf(CSharpCompilation compilation, SyntaxTree tree) =>
        Models.GetOrAdd(tree, static (tree, compilation) => compilation.GetSemanticModel(tree), compilation);

    /// <returns>The assembly of this name in the folder. The other assemblies of the folder and the framework are its references.</returns>
    public static IAssemblySymbol AssemblyIn(string folder, string name)
    {
        var reference = ReferenceTo(Path.Combine(folder, $"{name}.dll"));
        var others = Directory.GetFiles(folder, "*.dll").Where(file => Path.GetFileNameWithoutExtension(file) != name);
        var references = FrameworkAssemblies.Concat(others).Select(ReferenceTo).Append(reference);
        var compilation = CSharpCompilation.Create("Read", references: references);

        return (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
    }

    private static CSharpCompilation Compile(string project)
    {
        var own = XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj")).Descendants("Using")
            .Select(name => name.Attribute("Include")!.Value);
        var others = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(file => Path.GetFileNameWithoutExtension(file) != project);
        return CSharpCompilation.Create(
            project,
            Repository.Files("*.cs", $"src/{project}").Select(TreeOf).Append(GlobalUsings(ImplicitUsings.Concat(own))),
            FrameworkAssemblies.Concat(others).Select(ReferenceTo),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    private static SyntaxTree GlobalUsings(IEnumerable<string> names) =>
        CSharpSyntaxTree.ParseText(string.Concat(names.Select(name => $"global using {name};\n")));

    private static MetadataReference ReferenceTo(string file) =>
        References.GetOrAdd(file, static file => MetadataReference.CreateFromFile(file));
}
