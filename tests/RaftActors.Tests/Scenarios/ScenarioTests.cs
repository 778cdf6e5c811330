using System.Runtime.CompilerServices;

using RaftActors.Settings;

namespace RaftActors.Tests.Scenarios;

/// <summary>
/// Each file of testdata/scenarios is one scenario of a real process in a scripted group, and its output must be the expected one.
/// <c>RAFTACTORS_REWRITE=1 dotnet test</c> writes the actual output into the files instead. Commit that only with a reason for each change.
/// </summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Files => [.. Directory
        .EnumerateFiles(Folder(), "*.txt", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder(), path).Replace('\\', '/'))
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Scenario_gives_the_expected_output(string file)
    {
        var path = Path.Combine(Folder(), file);
        var expected = File.ReadAllText(path).ReplaceLineEndings("\n");
        string actual;
        using (var runner = new ScenarioRunner())
        {
            actual = ScenarioFile.Run(expected, runner.Run);
        }

        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllText(path, actual);
            return;
        }

        Assert.Equal(expected, actual);
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "testdata", "scenarios"));
}
