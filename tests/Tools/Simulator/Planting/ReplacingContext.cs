using System.Reflection;
using System.Runtime.Loader;

namespace RaftActors.Simulator;

/// <summary>
/// Loads all assemblies of this program once more, one of them from another image. Akka.NET is among them, because it finds types by their
/// names, and would find those of the first load.
/// </summary>
internal sealed class ReplacingContext : AssemblyLoadContext
{
    private readonly Assembly _replacement;

    /// <param name="name">Of the context.</param>
    /// <param name="replaced">The name of the assembly that is replaced.</param>
    public ReplacingContext(string name, string replaced, Stream image)
        : base(name)
    {
        _replacement = LoadFromStream(image);
        Replaced = replaced;
    }

    private string Replaced { get; }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{assemblyName.Name}.dll");
        return assemblyName.Name == Replaced ? _replacement : File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
