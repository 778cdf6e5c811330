using Jint;

namespace Repository.Tests.Site;

/// <summary>The site that <c>dotnet run --project docs/site</c> writes, seen from outside: by its files alone.</summary>
public sealed class SiteTests(BuiltSite site) : IClassFixture<BuiltSite>
{
    [Fact]
    public void Every_page_of_docs_is_there()
    {
        var missing = Repository.Files("*.md", "docs")
            .Select(page => page.Replace("README.md", "index.md")[..^".md".Length] + ".html")
            .Where(page => !site.Pages.ContainsKey(page));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_public_type_has_a_page()
    {
        Assert.Contains("AppendAsync", site.Pages["api/RaftActors.RaftClient-2.html"]);
        Assert.Contains("RaftActors.Hosting", site.Pages["api/index.html"]);
        string[] packages = ["RaftActors", "RaftActors.Dashboard"];
        var types = packages.SelectMany(name => File.ReadLines(Path.Combine(Repository.Root, $"tests/Repository.Tests/Api/{name}.txt")))
            .Where(line => line.Contains(" is ") && !line.Contains(": ") && !line.Contains('<'))
            .Select(line => line.Split(' ')[0]);

        Assert.All(types, type => Assert.Contains($"api/{type}.html", site.Pages.Keys));
    }

    [Fact]
    public void Image_is_the_file_of_the_repository()
    {
        var image = "docs/images/dashboard.png";

        Assert.Contains("src=\"images/dashboard.png\"", site.Pages["docs/dashboard.html"]);
        Assert.Equal(File.ReadAllBytes(Path.Combine(Repository.Root, image)), site.ReadBytes(image));
    }

    [Fact]
    public void Every_link_leads_to_a_file_and_an_anchor()
    {
        var anchors = site.Pages.ToDictionary(page => page.Key, page => BuiltSite.Values(page.Value, "id").ToHashSet());
        var broken = site.Pages.SelectMany(page => BuiltSite.Values(page.Value, "href")
            .Concat(BuiltSite.Values(page.Value, "src"))
            .Where(link => !link.Contains("://"))
            .Where(link => !Leads(page.Key, link))
            .Select(link => $"{page.Key}: {link}"));

        Assert.Empty(broken);

        bool Leads(string page, string link)
        {
            var parts = link.Split('#');
            var file = parts[0] == "" ? page : Path.GetRelativePath("/", Path.GetFullPath(parts[0], $"/{Path.GetDirectoryName(page)}"));
            return site.Has(file) && (parts.Length == 1 || anchors[file].Contains(parts[1]));
        }
    }

    [Fact]
    public void Pages_load_nothing_from_elsewhere_and_have_no_code_or_style_of_their_own()
    {
        Assert.All(site.Pages.Values, page =>
        {
            Assert.Contains("Content-Security-Policy", page);
            Assert.DoesNotContain("://", string.Concat(BuiltSite.Values(page, "src")));
            Assert.Empty(BuiltSite.Values(page, "style"));
            Assert.Equal(1, page.Split("<script").Length - 1);
            Assert.DoesNotContain("<style", page);
            Assert.DoesNotMatch("<link[^>]*://", page);
        });
        Assert.DoesNotContain("://", site.Read("assets/site.js"));
        Assert.DoesNotContain("url(", site.Read("assets/site.css"));
    }

    [Theory]
    [InlineData("snapshot", "docs/snapshots.html")]
    [InlineData("request key", "docs/client.html#a-call-that-is-repeated")]
    [InlineData("RaftClient", "api/RaftActors.RaftClient.html")]
    [InlineData("This node has no name", "docs/errors.html#start-and-configuration")]
    public void Search_finds_the_page_among_its_first_five(string query, string place)
    {
        var found = new Engine()
            .SetValue("json", site.Read("search.json"))
            .SetValue("query", query)
            .Execute(site.Read("assets/site.js"))
            .Evaluate("find(JSON.parse(json), query).slice(0, 5).map(entry => entry.Place).join(' ')")
            .AsString();

        Assert.Contains(place, found);
    }

    [Fact]
    public void Broken_link_fails_the_command_with_its_page()
    {
        var tree = Directory.CreateTempSubdirectory("tree").FullName;
        Directory.CreateDirectory(Path.Combine(tree, "docs"));
        File.WriteAllText(Path.Combine(tree, "RaftActors.sln"), "");
        File.WriteAllText(Path.Combine(tree, "README.md"), "# Front\n\n[gone](docs/gone.md)\n");
        File.WriteAllText(Path.Combine(tree, "docs/README.md"), "# Pages\n\n[front](../README.md#nowhere)\n");

        var (exitCode, output) = BuiltSite.Run(tree, Path.Combine(tree, "site"));
        var isWritten = Directory.Exists(Path.Combine(tree, "site"));
        Directory.Delete(tree, recursive: true);

        Assert.Equal(1, exitCode);
        Assert.Contains("README.md: docs/gone.md leads to no file.", output);
        Assert.Contains("docs/README.md: ../README.md#nowhere leads to no heading of README.md.", output);
        Assert.False(isWritten);
    }
}
