using System.Text.Json;

namespace Repository.Tests;

/// <summary>The page about dependencies lists each package that the projects reference, and each that those bring in.</summary>
public sealed partial class DependencyTests
{
    private const string Page = "docs/dependencies.md";

    private static readonly HashSet<string> Listed =
    [
        .. Rows().Matches(Repository.Read(Page)).SelectMany(row => row.Groups[1].Value.Split(", ", StringSplitOptions.TrimEntries)),
    ];

    [Fact]
    public void Page_lists_every_package_that_the_projects_reference() => AssertListed(Referenced());

    [Fact]
    public void Page_lists_every_package_that_the_restored_projects_bring_in() => AssertListed(Restored());

    [Fact]
    public void Page_lists_every_package_with_a_central_version() =>
        AssertListed(Packages(["src/Directory.Packages.props"], "PackageVersion"));

    private static void AssertListed(IEnumerable<string> packages)
    {
        var all = packages.Distinct().ToList();

        Assert.NotEmpty(all);
        Assert.Empty(all.Where(package => !Listed.Contains(package)).Select(package => $"{Page} does not list {package}"));
    }

    // The template references the packages of this repository itself.
    private static IEnumerable<string> Referenced() =>
        Packages(Repository.All.Where(file => Path.GetExtension(file) is ".csproj" or ".props" or ".targets"), "PackageReference")
            .Where(package => !package.StartsWith("RaftActors", StringComparison.Ordinal));

    private static IEnumerable<string> Packages(IEnumerable<string> files, string element) => files
        .SelectMany(file => XDocument.Parse(Repository.Read(file)).Descendants(element))
        .Select(package => package.Attribute("Include")?.Value)
        .OfType<string>();

    // Restoring writes the file.
    private static IEnumerable<string> Restored() => new[] { "src", "tests", "demo" }
        .Select(folder => Path.Combine(Repository.Root, folder))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "project.assets.json", SearchOption.AllDirectories))
        .SelectMany(PackagesOf);

    private static List<string> PackagesOf(string file)
    {
        using var assets = JsonDocument.Parse(File.ReadAllText(file));
        return
        [
            .. assets.RootElement.GetProperty("libraries").EnumerateObject()
                .Where(library => library.Value.GetProperty("type").GetString() == "package")
                .Select(library => library.Name.Split('/')[0]),
        ];
    }

    [GeneratedRegex("^\\| ([A-Za-z][\\w.]*(?:, [\\w.]+)*) \\|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
