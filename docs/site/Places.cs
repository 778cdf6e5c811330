namespace RaftActors.Site;

/// <summary>Where a file of the tree is in the site. The site has the folders of the tree, so relative links stay short.</summary>
internal static class Places
{
    /// <summary>A README is the page of its folder.</summary>
    public static string Of(string path) =>
        Tree.IsFolder(path) ? $"{path}/index.html"
        : Path.GetFileName(path) == "README.md" ? $"{path[..^"README.md".Length]}index.html"
        : path.EndsWith(".md", StringComparison.Ordinal) ? $"{path[..^".md".Length]}.html"
        : path.EndsWith(".svg", StringComparison.Ordinal) || IsBinary(path) ? path
        : $"{path}.html";

    /// <summary>The file is copied as it is.</summary>
    public static bool IsBinary(string path) => path.EndsWith(".png", StringComparison.Ordinal);

    /// <returns>The link from one file of the site to another one.</returns>
    public static string Link(string from, string to) =>
        Path.GetRelativePath(Path.Combine("/", Path.GetDirectoryName(from) ?? ""), Path.Combine("/", to)).Replace('\\', '/');
}
