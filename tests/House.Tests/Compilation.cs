using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace House.Tests;

/// <summary>Compiles source text in memory.</summary>
internal static class Compilation
{
    private static readonly string[] FrameworkAssemblies =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => file.StartsWith(Path.GetDirectoryName(typeof(object).Assembly.Location)!, StringComparison.Ordinal)),
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
}
