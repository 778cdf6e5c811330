using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RaftActors.Cli.Tests.Replay;

/// <summary>Compiles builds of an application.</summary>
internal static class Dll
{
    private static readonly MetadataReference[] References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    /// <summary>An actor that counts orders, and returns this expression of <c>_count</c> and <c>entry</c>.</summary>
    public static string Orders(string result = "_count", string name = "Orders", string constructor = "") =>
        $$"""
        public sealed class {{name}} : RaftActors.RaftActor<string, int>
        {
            private int _count;
            {{constructor}}
            protected override int HandleAppend(RaftActors.Entry<string> entry) { _count++; return {{result}}; }
        }
        """;

    /// <summary>Writes a build into a folder of its own.</summary>
    /// <param name="with">The other assemblies of its folder.</param>
    /// <returns>The path of its dll.</returns>
    public static string Compile(string folder, string source, string name = "shop", params string[] with)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, $"{name}.dll");

        // An assembly of the folder takes the place of one of this program.
        var own = with.Select(path => MetadataReference.CreateFromFile(path)).ToList();
        var names = own.Select(reference => Path.GetFileName(reference.FilePath)).ToHashSet();
        var compiled = CSharpCompilation.Create(
                name,
                [CSharpSyntaxTree.ParseText(source)],
                References.Where(reference => !names.Contains(Path.GetFileName(reference.Display))).Concat(own),
                new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .Emit(file);
        Assert.True(compiled.Success, string.Join('\n', compiled.Diagnostics));
        return file;
    }
}
