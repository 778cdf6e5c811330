using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace RaftActors.Site.Api;

/// <summary>The assemblies of the packages, with their XML files.</summary>
internal static class ApiAssemblies
{
    private static readonly string[] Names =
    [
        "RaftActors", "RaftActors.Hosting", "RaftActors.Dashboard", "RaftActors.Coordination", "RaftActors.Coordination.Adapters",
        "RaftActors.Testing", "RaftActors.Storage", "RaftActors.Core",
    ];

    public static IEnumerable<IAssemblySymbol> Load()
    {
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!) // Justification: .NET sets it.
            .Split(Path.PathSeparator)
            .Where(File.Exists); // A program in the folder of the tests also lists what ASP.NET Core has.
        var references = framework.Concat(Directory.GetFiles(AppContext.BaseDirectory, "*.dll"))
            .DistinctBy(Path.GetFileName)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), Reference);
        var compilation = CSharpCompilation.Create("Api", references: references.Values);
        return Names.Select(name => (IAssemblySymbol)compilation.GetAssemblyOrModuleSymbol(references[name])!); // Justification: it is one.
    }

    private static PortableExecutableReference Reference(string file)
    {
        var text = Path.ChangeExtension(file, ".xml");
        return MetadataReference.CreateFromFile(file, documentation: File.Exists(text) ? new XmlFile(text) : null);
    }
}
