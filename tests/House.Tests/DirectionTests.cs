using System.Xml.Linq;

using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace House.Tests;

/// <summary>Who may refer to whom. A room that is not listed here may refer to nothing, so that a new one is a decision.</summary>
public sealed class DirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Akka.Embedded"] = [],
        ["Akka.Embedded.TestKit"] = [],
        ["RaftActors.Core"] = [],
        ["RaftActors.Storage"] = ["RaftActors.Core"],
        ["RaftActors"] = ["RaftActors.Core", "RaftActors.Storage"],
        ["RaftActors.Testing"] = ["RaftActors", "RaftActors.Storage"],
        ["RaftActors.Cli"] = ["RaftActors"],
        ["FourNodes"] = ["RaftActors"],
        ["RaftActors.Simulator"] = ["RaftActors.Core", "RaftActors.Storage", "RaftActors.DiskModel"],
    };

    // The rooms that stand on an actor runtime; Core is not among them.
    private static readonly string[] OnActors =
        ["Akka.Embedded.TestKit", "RaftActors", "RaftActors.Testing", "RaftActors.Cli", "FourNodes"];

    public static TheoryData<string> Rooms => new(Repository.Files("*.csproj", "src", "demo", "tests/RaftActors.Simulator"));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Room_refers_only_to_the_rooms_below_it(string project)
    {
        var room = Path.GetFileNameWithoutExtension(project);
        var xml = XDocument.Parse(Repository.Read(project));
        var references = xml.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value));

        Assert.Empty(references.Except(Allowed.GetValueOrDefault(room, [])));
        var usesActors = xml.Descendants().Any(e => e.Name.LocalName is "UsesAkka" or "UsesAkkaTestKit" && e.Value == "true");
        Assert.Equal(OnActors.Contains(room), usesActors);
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
        var implicitUsings = string.Concat(usings.Select(name => $"global using {name};"));
        var sources = Repository.Files("*.cs", "src/RaftActors.Testing/History").Select(Repository.Read).Append(implicitUsings);
        var framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var assemblies = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

        var compilation = CSharpCompilation.Create(
            "History",
            sources.Select(source => CSharpSyntaxTree.ParseText(source)),
            assemblies.Where(file => file.StartsWith(framework)).Select(file => MetadataReference.CreateFromFile(file)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

        Assert.Empty(compilation.GetDiagnostics().Where(finding => finding.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void Product_does_not_know_which_runtime_it_is_on()
    {
        string[] knowing = ["src/Akka.Embedded", "tests/Akka.Embedded", "tests/House.Tests"];
        var sources = Repository.Files("*.cs", "src", "demo", "tests").Where(file => !knowing.Any(file.StartsWith)).ToArray();

        Assert.All(["\n#if ", "Akka.Embedded"], word => Assert.DoesNotContain(sources, file => Repository.Read(file).Contains(word)));
    }
}
