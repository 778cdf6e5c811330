namespace RaftActors.Tests.Scenarios;

/// <summary>
/// Each file of testdata/scenarios is one scenario of a real process in a scripted group, and its output must be the expected one.
/// <c>RAFTACTORS_REWRITE=1 dotnet test</c> writes the actual output into the files instead. Commit that only with a reason for each change.
/// </summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Files => [.. ScenarioFile.In(Folder())];

    [Theory]
    [MemberData(nameof(Files))]
    public void Scenario_gives_the_expected_output(string file) => ScenarioFile.Check(Path.Combine(Folder(), file), Run);

    private static string Run(string text)
    {
        using ScenarioRunner runner = new();
        return ScenarioFile.Run(text, lines => string.Concat(lines.Select(runner.Run)));
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "testdata", "scenarios"));
}
