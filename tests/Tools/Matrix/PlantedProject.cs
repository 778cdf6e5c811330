using System.Xml.Linq;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RaftActors.Matrix;

/// <summary>A bug of a list, and the project of <c>src</c> whose files it changes.</summary>
/// <param name="Number">Switches it on; 0 is the code without a bug.</param>
/// <param name="Assembly">The name of the project's assembly.</param>
public sealed record PlantedBug(int Number, string Project, string Assembly, string List, Mutant Mutant)
{
    public string Name => $"{List}: {Mutant.Name}";

    /// <summary>The first file that it changes, below the root.</summary>
    public string File => Mutant.Patches[0].File;
}

/// <summary>
/// Compiles a project of <c>src</c> as its debug build is compiled, with a switch for each bug. The switch is a volatile field, because
/// the compiler of the runtime takes a read-only one for a constant, and would leave the bug out. It also records which bugs were reached.
/// </summary>
public sealed class PlantedProject
{
    private const string Switch = """
        internal static class PlantedBug
        {
            public static volatile int Number =
                int.TryParse(System.Environment.GetEnvironmentVariable("RAFTACTORS_PLANTED"), out var number) ? number : 0;
            public static readonly byte[] Reached = new byte[4096];
            public static bool Is(int number)
            {
                if (Reached[number] == 0)
                {
                    Reached[number] = (byte)(new System.Diagnostics.StackTrace().ToString().Contains("..cctor") ? 2 : 1);
                }

                return Number == number;
            }
        }
        """;

    private static readonly CSharpParseOptions Parsing = new CSharpParseOptions(LanguageVersion.CSharp14).WithPreprocessorSymbols(
        "DEBUG", "TRACE", "NET", "NETCOREAPP", "NET10_0", "NET8_0_OR_GREATER", "NET9_0_OR_GREATER", "NET10_0_OR_GREATER");

    private readonly Dictionary<string, (string Text, SyntaxTree Tree)> _sources = [];
    private readonly ResourceDescription[] _resources;
    private readonly CSharpCompilation _compilation;
    private readonly string _name;

    /// <param name="name">Of its folder in <c>src</c>.</param>
    /// <param name="built">A folder with all assemblies that the project refers to.</param>
    public PlantedProject(string root, string name, string built)
    {
        _name = name;
        var assembly = AssemblyOf(root, name);
        var folder = Path.Combine(root, "src", name);
        var project = ProjectOf(root, name);
        var linked = project.Descendants("Compile")
            .Select(one => Path.GetFullPath(Path.Combine(folder, one.Attribute("Include")!.Value)));
        foreach (var file in MutantCompiler.Sources(folder).Concat(linked))
        {
            var text = File.ReadAllText(file);
            _sources.Add(Path.GetRelativePath(root, file).Replace('\\', '/'), (text, CSharpSyntaxTree.ParseText(text, Parsing, file)));
        }

        _resources =
        [
            .. from one in project.Descendants("EmbeddedResource")
               let file = Path.Combine(folder, one.Attribute("Include")!.Value)
               select new ResourceDescription(one.Attribute("LogicalName")!.Value, () => File.OpenRead(file), isPublic: true),
        ];

        // The build wrote the attributes of the assembly and the usings of the project.
        var generated = Directory.GetFiles(Path.Combine(folder, "obj", "Debug", "net10.0"), "*.cs");
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var web = Path.Combine(framework, "..", "..", "Microsoft.AspNetCore.App", Path.GetFileName(framework));
        var references = new[] { framework, web, built }
            .Where(Directory.Exists)
            .SelectMany(path => Directory.GetFiles(path, "*.dll"))
            .Where(file => Path.GetFileNameWithoutExtension(file) != assembly && IsAssembly(file))
            .DistinctBy(Path.GetFileName)
            .Select(file => MetadataReference.CreateFromFile(file));
        _compilation = MutantCompiler.Generate(
            CSharpCompilation.Create(
                assembly,
                [
                    .. _sources.Values.Select(source => source.Tree),
                    .. generated.Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), Parsing)),
                ],
                references,
                new CSharpCompilationOptions(
                    project.Descendants("OutputType").Any(type => type.Value == "Exe")
                        ? OutputKind.ConsoleApplication
                        : OutputKind.DynamicallyLinkedLibrary,
                    optimizationLevel: OptimizationLevel.Release,
                    allowUnsafe: true,
                    deterministic: true,
                    nullableContextOptions: NullableContextOptions.Enable)),
            Parsing);
    }

    public static string AssemblyOf(string root, string name) =>
        ProjectOf(root, name).Descendants("AssemblyName").SingleOrDefault()?.Value ?? name;

    private static XDocument ProjectOf(string root, string name) => XDocument.Load(Path.Combine(root, "src", name, $"{name}.csproj"));

    /// <summary>Compiles all bugs with a switch for each.</summary>
    /// <param name="alone">The bugs that no switch can hold, which are not compiled.</param>
    /// <exception cref="InvalidDataException">A line to change does not occur exactly once.</exception>
    public byte[] Plant(List<PlantedBug> bugs, out List<PlantedBug> alone)
    {
        alone = [];
        var sources = new Dictionary<string, SwitchedSource>();
        foreach (var bug in bugs)
        {
            var changed = Changed(bug);
            if (changed.TrueForAll(file => SourceOf(file.File).CanHold(file.Text)))
            {
                changed.ForEach(file => SourceOf(file.File).Add($"global::PlantedBug.Is({bug.Number})", file.Text));
            }
            else
            {
                alone.Add(bug);
            }
        }

        return Emit(sources.Aggregate(_compilation, (made, source) => made.ReplaceSyntaxTree(
            _sources[source.Key].Tree, CSharpSyntaxTree.ParseText($"{source.Value}", Parsing, path: source.Key))));

        SwitchedSource SourceOf(string file) => sources.TryGetValue(file, out var source)
            ? source
            : sources[file] = new SwitchedSource(_sources[file].Text, Parsing);
    }

    /// <summary>Compiles one bug without a switch.</summary>
    public byte[] PlantAlone(PlantedBug bug) => Emit(Changed(bug).Aggregate(_compilation, (made, file) => made.ReplaceSyntaxTree(
        _sources[file.File].Tree, CSharpSyntaxTree.ParseText(file.Text, Parsing, path: file.File))));

    // The files that a bug changes, with the bug.
    private List<(string File, string Text)> Changed(PlantedBug bug) =>
    [
        .. bug.Mutant.Patches.GroupBy(patch => patch.File).Select(patches => (
            patches.Key,
            patches.Aggregate(
                _sources.TryGetValue(patches.Key, out var source)
                    ? source.Text
                    : throw new InvalidDataException($"'{bug.Name}' changes {patches.Key}, which does not exist; adapt the bug"),
                (text, patch) => patch.Apply(text)))),
    ];

    private byte[] Emit(CSharpCompilation compilation)
    {
        var image = new MemoryStream();
        var result = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(Switch, Parsing)).Emit(image, manifestResources: _resources);
        return result.Success
            ? image.ToArray()
            : throw new InvalidDataException($"{_name} does not compile: "
                + string.Join("\n", result.Diagnostics.Where(one => one.Severity == DiagnosticSeverity.Error).Take(10)));
    }

    private static bool IsAssembly(string file)
    {
        using var stream = File.OpenRead(file);
        using var reader = new System.Reflection.PortableExecutable.PEReader(stream);
        return reader.HasMetadata;
    }
}
