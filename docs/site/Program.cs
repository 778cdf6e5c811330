namespace RaftActors.Site;

/// <summary>Writes the pages of the repository as a static site. A broken link fails it, and nothing is written.</summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length > 1)
        {
            Console.Error.WriteLine("Name one folder to write the site into, or none for docs/site/bin/site.");
            return 2;
        }

        var folder = Path.GetFullPath(arguments is [var named] ? named : Path.Combine(Tree.Root, "docs/site/bin/site"));
        var pages = Pages.Find();
        if (pages.Problems.Count > 0)
        {
            Console.Error.WriteLine($"The site is not written, because of these links:\n{string.Join('\n', pages.Problems)}");
            return 1;
        }

        var files = SiteFiles.Of(pages);
        foreach (var (path, content) in files)
        {
            var file = Path.Combine(folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!); // Justification: it is below the folder.
            File.WriteAllText(file, content);
        }

        var images = pages.Files.Where(Places.IsBinary).ToList();
        foreach (var image in images)
        {
            var copy = Path.Combine(folder, image);
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!); // Justification: it is below the folder.
            File.Copy(Path.Combine(Tree.Root, image), copy, overwrite: true);
        }

        Console.WriteLine($"{files.Count + images.Count} files are in {folder}. Open index.html; the search needs a web server.");
        return 0;
    }
}
