using System.Xml.Linq;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Repository.Tests;

/// <summary>Compiles source text and reads assemblies, in memory.</summary>
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

    /// <returns>The errors of an assembly that has these sources and usings, and references the framework and these assemblies.</returns>
    public static IEnumerable<Diagnostic> ErrorsOf(
        OutputKind kind, IEnumerable<string> sources, IEnumerable<string> usings, IEnumerable<string> assemblies) =>
        CSharpCompilation.Create(
                "Compiled",
                sources.Concat(usings.Select(name => $"global using {name};")).Select(source => CSharpSyntaxTree.ParseText(source)),
                FrameworkAssemblies.Concat(assemblies).Select(file => MetadataReference.CreateFromFile(file)),
                new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable))
            .GetDiagnostics()
            .Where(finding => finding.Severity == DiagnosticSeverity.Error);

    /// <returns>The sources of a project, with their paths. Generated code is absent, so it has errors where it needs such code.</returns>
    public static CSharpCompilation Of(string project, IEnumerable<string> files)
    {
        var own = XDocument.Parse(Repository.Read($"src/{project}/{project}.csproj")).Descendants("Using")
            .Select(name => name.Attribute("Include")!.Value);
        var usings = ImplicitUsings.Concat(own).Select(name => $"global using {name};");
        var others = Directory.GetFiles(AppContext.BaseDirectory, "*.dll").Where(file => Path.GetFileNameWithoutExtension(file) != project);
        return CSharpCompilation.Create(
            project,
            files.Select(file => CSharpSyntaxTree.ParseText(Repository.Read(file), path: file))
                .Append(CSharpSyntaxTree.ParseText(string.Concat(usings))),
            FrameworkAssemblies.Concat(others).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    }

    /// <returns>The assembly of this name in the folder. The other assemblies of the folder and the framework are its references.</returns>
    public static IAssemblySymbol AssemblyIn(string folder, string name)
    {
        var reference = MetadataReference.CreateFromFile(Path.Combine(folder, $"{name}.dll"));
        var others = Directory.GetFiles(folder, "*.dll").Where(file => Path.GetFileNameWithoutExtension(file) != name);
        var references = FrameworkAssemblies.Concat(others).Select(file => MetadataReference.CreateFromFile(file)).Append(reference);
        var compilation = CSharpCompilation.Create("Read", references: references);

        return (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(reference)!;
    }
}
