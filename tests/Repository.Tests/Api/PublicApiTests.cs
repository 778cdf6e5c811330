namespace Repository.Tests.Api;

/// <summary>
/// The public API of each assembly of a package is the one in its file here.
/// <c>RAFTACTORS_REWRITE=1 dotnet test tests/Repository.Tests</c> writes the files.
/// A changed line is a change for users: CHANGELOG.md must name it.
/// </summary>
public sealed class PublicApiTests
{
    private const string Remedy =
        "If users need the change, name it in CHANGELOG.md and run: "
        + "RAFTACTORS_REWRITE=1 dotnet test tests/Repository.Tests --filter PublicApi";

    private static readonly string[] IsInPackage = ["<IsPackable>true", "<IsPartOfRaftActors>true"];

    // Users of these packages do not compile against them.
    private static readonly string[] WithoutApi = ["<PackAsTool>true", "<IncludeBuildOutput>false"];

    public static TheoryData<string> Packages => new(Repository.Files("*.csproj", "src")
        .Where(file => Repository.Read(file) is var project && IsInPackage.Any(project.Contains) && !WithoutApi.Any(project.Contains))
        .Select(file => Path.GetFileNameWithoutExtension(file)));

    [Theory]
    [MemberData(nameof(Packages))]
    public void Public_api_of_the_package_is_the_recorded_one(string package)
    {
        var file = Path.Combine(Repository.Root, "tests/Repository.Tests/Api", $"{package}.txt");
        var lines = PublicApi.Of(Compilation.AssemblyIn(AppContext.BaseDirectory, package)).ToList();
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllLines(file, lines);
        }

        var recorded = File.ReadAllLines(file);
        var changes = recorded.Except(lines).Select(line => $"- {line}").Concat(lines.Except(recorded).Select(line => $"+ {line}"));
        Assert.True(recorded.SequenceEqual(lines), $"The public API of {package} has changed:\n{string.Join('\n', changes)}\n{Remedy}");
    }
}
