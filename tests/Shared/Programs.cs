namespace Shared;

/// <summary>
/// The programs of this repository, each in the folder of its own build. A copy beside the tests may lack assemblies: those that the tests
/// have from ASP.NET Core are not copied, and a program without ASP.NET Core needs them.
/// </summary>
public static class Programs
{
    /// <summary>Returns the file of a program.</summary>
    /// <param name="folder">The folder of its project in the repository, such as <c>demo/FourNodes</c>.</param>
    /// <param name="name">The name of its assembly.</param>
    /// <exception cref="DirectoryNotFoundException">The caller was not built in a folder of the repository.</exception>
    public static string Find(string folder, string name) => Find(Root(), folder, name);

    /// <summary>Returns the file of a program in another checkout, which was built as the caller.</summary>
    public static string Find(string root, string folder, string name)
    {
        // As the caller: bin/Debug/net10.0.
        var build = Path.Combine("bin", Own.Parent?.Name ?? "", Own.Name);
        return Path.Combine(root, folder, build, $"{name}.dll");
    }

    /// <summary>Returns the folder of the checkout in which the caller was built.</summary>
    /// <exception cref="DirectoryNotFoundException">The caller was not built in a folder of the repository.</exception>
    public static string Root()
    {
        for (var root = Own; root is not null; root = root.Parent)
        {
            if (File.Exists(Path.Combine(root.FullName, "RaftActors.sln")))
            {
                return root.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No folder above {Own.FullName} has RaftActors.sln. Run it where it was built.");
    }

    private static DirectoryInfo Own { get; } = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
}
