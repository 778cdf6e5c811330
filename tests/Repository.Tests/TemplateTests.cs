namespace Repository.Tests;

/// <summary>The project that <c>dotnet new raft</c> makes agrees with this repository. <c>.ci/packages</c> makes one and runs it.</summary>
public sealed class TemplateTests
{
    private const string Template = "src/RaftActors.Templates/raft";

    [Fact]
    public void Template_has_the_versions_of_this_repository()
    {
        var own = VersionsIn("src/Directory.Packages.props");
        var ofTemplate = VersionsIn($"{Template}/Directory.Packages.props");

        Assert.NotEmpty(ofTemplate);
        Assert.All(ofTemplate, package => Assert.Equal(own.GetValueOrDefault(package.Key, "{version}"), package.Value));
    }

    [Fact]
    public void Test_of_the_template_is_that_of_the_examples()
    {
        var test = Repository.Read("tests/Demos/Examples/CounterTests.cs");
        var ofTemplate = Repository.Read($"{Template}/RaftApp.Tests/CounterTests.cs");

        Assert.Equal(test[test.IndexOf("public sealed class")..], ofTemplate[ofTemplate.IndexOf("public sealed class")..]);
    }

    private static Dictionary<string, string> VersionsIn(string file) =>
        XDocument.Parse(Repository.Read(file)).Descendants("PackageVersion")
            .ToDictionary(package => package.Attribute("Include")!.Value, package => package.Attribute("Version")!.Value);
}
