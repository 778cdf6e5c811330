namespace RaftActors.Site;

/// <summary>The checked-out tree around the current directory. Paths are relative to its root, with slashes.</summary>
internal static class Tree
{
    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool IsFile(string path) => File.Exists(Path.Combine(Root, path));

    public static bool IsFolder(string path) => Directory.Exists(Path.Combine(Root, path));

    /// <returns>The names of the files and folders in a folder, in order.</returns>
    public static IEnumerable<string> NamesIn(string folder) =>
        new DirectoryInfo(Path.Combine(Root, folder)).EnumerateFileSystemInfos()
            .Where(entry => entry.Name is not ("bin" or "obj"))
            .Select(entry => entry is DirectoryInfo ? $"{entry.Name}/" : entry.Name)
            .Order(StringComparer.Ordinal);

    /// <returns>The pages in docs.</returns>
    public static IEnumerable<string> Docs() =>
        Directory.EnumerateFiles(Path.Combine(Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(path => !path.StartsWith("docs/site/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);

    /// <returns>The path that a link on a page leads to; null: it leaves the tree.</returns>
    public static string? Resolve(string page, string link)
    {
        var file = Path.GetFullPath(Path.Combine(Root, Path.GetDirectoryName(page) ?? "", Uri.UnescapeDataString(link)));
        var path = Path.GetRelativePath(Root, file).Replace('\\', '/');
        return path.StartsWith("..", StringComparison.Ordinal) ? null : path;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(Directory.GetCurrentDirectory());
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException(
            $"There is no RaftActors.sln in {Directory.GetCurrentDirectory()} or above. Run this in a checkout.");
    }
}
