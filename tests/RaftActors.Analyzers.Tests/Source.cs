using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace RaftActors.Analyzers.Tests;

/// <summary>Code of a user, and what the analyzers find in it.</summary>
internal static class Source
{
    /// <summary>The usings of a project of a user.</summary>
    public const string Usings = """
        using System;
        using System.Collections.Generic;
        using System.Diagnostics;
        using System.Globalization;
        using System.IO;
        using System.Linq;
        using System.Net.Http;
        using System.Security.Cryptography;
        using System.Threading;
        using System.Threading.Tasks;
        using Akka.Actor;
        using Akka.Event;
        using RaftActors;

        """;

    public static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    private static readonly CSharpCompilationOptions Options = new(
        OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);

    /// <returns>The line, from 0, and the rule of each finding.</returns>
    public static async Task<List<(int Line, string Rule)>> FindAsync(string code)
    {
        var compilation = CSharpCompilation.Create(
            "User",
            [CSharpSyntaxTree.ParseText(code), CSharpSyntaxTree.ParseText(Usings.Replace("using ", "global using "))],
            References,
            Options);
        var found = await compilation.WithAnalyzers([new ReplicatedCallbackAnalyzer(), new AfterAwaitAnalyzer()]).GetAllDiagnosticsAsync();
        Assert.Empty(found.Where(each => each.Severity == DiagnosticSeverity.Error));
        Assert.Empty(found.Where(each => each.Id.StartsWith("AD", StringComparison.Ordinal)));
        return [.. found.Where(each => each.Id.StartsWith("RAFT", StringComparison.Ordinal))
            .Select(each => (each.Location.GetLineSpan().StartLinePosition.Line, each.Id)).Order()];
    }
}
