using System.Runtime.CompilerServices;

namespace RaftActors.Core.Tests.Scenarios;

/// <summary>
/// Every file of testdata is one story and must come out as it is written there. <c>RAFTACTORS_REWRITE=1 dotnet test</c> writes down what
/// comes out instead; commit that only if you know why it changed.
/// </summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Files => [.. Directory
        .EnumerateFiles(Folder(), "*.txt", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder(), path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Scenario_comes_out_as_written(string file)
    {
        var path = Path.Combine(Folder(), file);
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        var actual = ScenarioFile.Run(expected, new ScenarioRunner().Run);
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.Equal(expected, actual);
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "testdata"));
}
