using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RaftActors.Hosting;

/// <summary>Resolves the relative paths of options against the content root of the host.</summary>
internal sealed class HostPaths(IServiceProvider services)
{
    private readonly string _root = services.GetService<IHostEnvironment>()?.ContentRootPath is { Length: > 0 } root
        ? Path.GetFullPath(root)
        : Directory.GetCurrentDirectory();

    public string Resolve(string path) => Path.GetFullPath(path, _root);
}
