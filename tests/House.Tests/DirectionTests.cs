using System.Xml.Linq;

using Microsoft.CodeAnalysis;

namespace House.Tests;

/// <summary>The projects that each project may reference. A project that is not listed may reference none.</summary>
public sealed class DirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Akka.Embedded"] = [],
        ["Akka.Embedded.TestKit"] = [],
        ["RaftActors.Core"] = [],
        ["RaftActors.Codec"] = ["RaftActors.Core"],
        ["RaftActors.Storage"] = ["RaftActors.Codec", "RaftActors.Core"],
        ["RaftActors"] = ["RaftActors.Codec", "RaftActors.Core", "RaftActors.Storage"],
        ["RaftActors.Testing"] = ["RaftActors", "RaftActors.Storage"],
        ["RaftActors.Hosting"] = ["RaftActors"],
        ["RaftActors.Cli"] = ["RaftActors"],
        ["FourNodes"] = ["RaftActors"],
        ["KeyValue"] = ["RaftActors.Hosting"],
        ["Maelstrom"] = ["RaftActors"],
        ["RaftApp.Tests"] = ["RaftApp"],
        ["RaftActors.Simulator"] = ["RaftActors.Core", "RaftActors.Storage", "RaftActors.DiskModel"],
    };

    // The projects that use an actor runtime. Core does not.
    private static readonly string[] OnActors =
        ["Akka.Embedded.TestKit", "RaftActors", "RaftActors.Testing", "RaftActors.Hosting", "RaftActors.Cli", "FourNodes", "KeyValue",
            "Maelstrom"];

    public static TheoryData<string> Projects => new(Repository.Files("*.csproj", "src", "demo", "tests/RaftActors.Simulator"));

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_references_only_projects_below_it(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var xml = XDocument.Parse(Repository.Read(project));
        var references = xml.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed.GetValueOrDefault(name, [])));
        var usesActors = xml.Descendants().Any(e => e.Name.LocalName is "UsesAkka" or "UsesAkkaTestKit" && e.Value == "true");
        Assert.Equal(OnActors.Contains(name), usesActors);
    }

    [Theory]
    [InlineData("src/RaftActors.Core/RaftActors.Core.csproj")]
    [InlineData("src/RaftActors.Storage/RaftActors.Storage.csproj")]
    public void Core_and_stores_are_hosted_by_their_public_api(string project)
    {
        var friends = XDocument.Parse(Repository.Read(project)).Descendants("InternalsVisibleTo")
            .Select(friend => friend.Attribute("Include")!.Value);

        // The raft program is no host: its tools look into the files of stopped stores.
        Assert.Empty(friends.Intersect(["RaftActors", "RaftActors.Codec", "RaftActors.Storage", "RaftActors.Testing"]));
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
        string[] usings = ["System", "System.Collections.Generic"];
        var sources = Repository.Files("*.cs", "src/RaftActors.Testing/History").Select(Repository.Read);

        Assert.Empty(Compilation.ErrorsOf(OutputKind.DynamicallyLinkedLibrary, sources, usings, []));
    }

    [Fact]
    public void Product_does_not_know_its_actor_runtime()
    {
        string[] exceptions = ["src/Akka.Embedded", "tests/Akka.Embedded", "tests/House.Tests"];
        var sources = Repository.Files("*.cs", "src", "demo", "tests").Where(file => !exceptions.Any(file.StartsWith)).ToArray();

        Assert.All(["\n#if ", "Akka.Embedded"], word => Assert.DoesNotContain(sources, file => Repository.Read(file).Contains(word)));
    }
}
