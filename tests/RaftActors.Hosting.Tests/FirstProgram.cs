using System.Text.RegularExpressions;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RaftActors.Hosting.Tests;

/// <summary>The first program of the page for users, as a program of its own.</summary>
internal static partial class FirstProgram
{
    // Those that a project with the SDK for web applications has without naming them.
    private static readonly string[] ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    // The SDK suppresses them too: a library was built with an earlier version of its references.
    private static readonly Dictionary<string, ReportDiagnostic> NewerAssemblies =
        new() { ["CS1701"] = ReportDiagnostic.Suppress, ["CS1702"] = ReportDiagnostic.Suppress };

    /// <summary>Compiles the program beside the assemblies of this test.</summary>
    /// <param name="ports">Stand for 2551, 2552 and 2553 of the page.</param>
    /// <returns>The path of the program.</returns>
    public static string Compile(int[] ports)
    {
        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "FirstProgram.md"));
        var text = PortOfPage().Replace(Program().Match(page).Groups[1].Value, port => $"{ports[port.Value[^1] - '1']}");
        text = text.Replace("{port + 3000}", "{builder.Configuration[\"http\"]}", StringComparison.Ordinal);
        var program = Path.Combine(AppContext.BaseDirectory, $"FirstProgram-{Guid.NewGuid():N}.dll");
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        var usings = string.Concat(ImplicitUsings.Select(name => $"global using global::{name};"));
        var result = CSharpCompilation.Create(
                Path.GetFileNameWithoutExtension(program),
                new[] { text, usings }.Select(source => CSharpSyntaxTree.ParseText(source)),
                references.Select(file => MetadataReference.CreateFromFile(file)),
                new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable)
                    .WithSpecificDiagnosticOptions(NewerAssemblies))
            .Emit(program);

        Assert.Empty(result.Diagnostics.Where(finding => finding.Severity >= DiagnosticSeverity.Warning));
        return program;
    }

    [GeneratedRegex("```csharp\n(using .*?)```", RegexOptions.Singleline)]
    private static partial Regex Program();

    [GeneratedRegex(@"\b255[123]\b")]
    private static partial Regex PortOfPage();
}
