using System.Text.Json;

namespace Repository.Tests;

/// <summary>
/// The projects that each project may reference. A project that is not listed may reference none. All but those two get Core and Storage
/// from src/Directory.Build.targets.
/// </summary>
public sealed class DirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["RaftActors.Core"] = [],
        ["RaftActors.Storage"] = ["RaftActors.Core"],
        ["RaftActors.CodeFixes"] = ["RaftActors.Analyzers"],
        // It has both in its package, and no code of them.
        ["RaftActors"] = ["RaftActors.CodeFixes"],
        ["RaftActors.Coordination"] = ["RaftActors"],
        ["RaftActors.Coordination.Adapters"] = ["RaftActors.Coordination"],
        ["RaftActors.Persistence"] = ["RaftActors"],
        ["RaftActors.Effects"] = ["RaftActors"],
        ["RaftActors.Testing"] = ["RaftActors", "RaftActors.Coordination"],
        ["RaftActors.Hosting"] = ["RaftActors", "RaftActors.Coordination", "RaftActors.Persistence"],
        ["RaftActors.Dashboard"] = ["RaftActors.Hosting"],
        ["RaftActors.Cli"] = ["RaftActors", "RaftActors.Coordination", "RaftActors.Testing"],
        ["FourNodes"] = ["RaftActors"],
        ["KeyValue"] = ["RaftActors.Hosting", "RaftActors.Dashboard"],
        ["Billing"] = ["RaftActors.Hosting"],
        ["RaftApp.Tests"] = ["RaftApp"],
        ["RaftActors.Simulator"] = ["RaftActors.Coordination", "RaftActors.Persistence", "RaftActors.Testing"],
    };

    // They stand on the public API alone, so anybody could write their like. Each shows its own internal types to its tests. The assembly
    // raft is that of RaftActors.Cli.
    // The examples do too: .ci/packages compiles them with the packages alone.
    private static readonly string[] Users =
    [
        "RaftActors.Coordination",
        "RaftActors.Coordination.Adapters",
        "RaftActors.Persistence",
        "RaftActors.Effects",
        "RaftActors.Hosting",
        "RaftActors.Dashboard",
        "raft",
    ];

    private static readonly string[] Rings = ["Kernel", "Akka", "Tools", "Proof"];

    public static TheoryData<string> Projects => new(Repository.Files("*.csproj", "src", "demo", "tests/Tools/Simulator"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_only_projects_below_it(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var xml = XDocument.Parse(Repository.Read(project));
        var references = xml.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed.GetValueOrDefault(name, [])));
    }

    [Fact]
    public void Users_of_the_public_api_see_no_internal_type()
    {
        var users = Repository.Files("*.csproj", "demo").Select(Path.GetFileNameWithoutExtension).Concat(Users);
        var friends = Repository.Files("*.csproj", "src").Select(Repository.Read).Select(XDocument.Parse)
            .SelectMany(project => project.Descendants("InternalsVisibleTo"))
            .Select(friend => friend.Attribute("Include")?.Value);

        Assert.Empty(users.Intersect(friends));
    }

    [Fact]
    public void Every_project_is_in_one_ring()
    {
        var projects = Repository.Files("*.csproj", "src", "demo", "tests")
            .Where(project => Repository.Read("RaftActors.sln").Contains(project.Replace('/', '\\'), StringComparison.Ordinal));

        Assert.Equal(projects.Order(StringComparer.Ordinal), Rings.SelectMany(ProjectsOf).Order(StringComparer.Ordinal));
    }

    // The order of the rings: each may use those before it.
    [Fact]
    public void Product_of_a_ring_references_only_this_ring_and_those_before_it()
    {
        List<string> known = [];
        foreach (var ring in Rings)
        {
            var products = ProjectsOf(ring).Where(project => project.StartsWith("src/", StringComparison.Ordinal)).ToList();
            known.AddRange(products.Select(project => Path.GetFileNameWithoutExtension(project)));
            var used = products.SelectMany(project => XDocument.Parse(Repository.Read(project)).Descendants("ProjectReference"))
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

            Assert.Empty(used.Except(known));
        }
    }

    // Types of a program may be public, so only those whose members have internal types of src need a friend.
    [Fact]
    public void Programs_of_tests_show_internal_types_to_the_tests_of_the_simulator_alone()
    {
        var friends = Repository.Files("*.csproj", "tests").SelectMany(project =>
            XDocument.Parse(Repository.Read(project)).Descendants("InternalsVisibleTo")
                .Select(friend => (Path.GetFileNameWithoutExtension(project), friend.Attribute("Include")?.Value)));

        Assert.Equal([("RaftActors.Simulator", "Tools.Tests")], friends);
    }

    [Fact]
    public void Core_needs_no_package_at_run_time()
    {
        var packages = XDocument.Parse(Repository.Read("src/RaftActors.Core/RaftActors.Core.csproj")).Descendants("PackageReference");

        Assert.All(packages, package => Assert.Equal("all", package.Attribute("PrivateAssets")?.Value));
    }

    [Fact]
    public void History_checker_compiles_with_the_framework_alone()
    {
        string[] usings = ["System", "System.Collections.Generic", "System.Linq"];
        var sources = Repository.Files("*.cs", "src/RaftActors.Testing/History").Select(Compilation.TreeOf);

        Assert.Empty(Compilation.ErrorsOf(OutputKind.DynamicallyLinkedLibrary, sources, usings, []));
    }

    private static IEnumerable<string> ProjectsOf(string ring)
    {
        using var filter = JsonDocument.Parse(Repository.Read($"src/RaftActors.{ring}.slnf"));
        return [.. filter.RootElement.GetProperty("solution").GetProperty("projects").EnumerateArray()
            .Select(project => project.GetString()!.Replace('\\', '/'))];
    }
}
