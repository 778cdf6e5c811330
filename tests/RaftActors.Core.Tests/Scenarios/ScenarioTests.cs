using System.Runtime.CompilerServices;

namespace RaftActors.Core.Tests.Scenarios;

/// <summary>
/// Each file of testdata is one scenario, and its output must be the expected one. <c>RAFTACTORS_REWRITE=1 dotnet test</c> writes the
/// actual output into the files instead. Commit that only with a reason for each change.
/// </summary>
public sealed class ScenarioTests
{
    public static TheoryData<string> Files => [.. ScenarioFile.In(Folder())];

    [Theory]
    [MemberData(nameof(Files))]
    public void Scenario_gives_the_expected_output(string file) => ScenarioFile.Check(
        Path.Combine(Folder(), file),
        text => Run(text, skipsTicks: false),

        // A tick that comes before the due one has no effect.
        text => Run(text, skipsTicks: true));

    private static string Run(string text, bool skipsTicks)
    {
        ScenarioRunner runner = new(skipsTicks);
        return ScenarioFile.Run(text, lines => runner.Run(Directive.Parse(lines[0], [.. lines.Skip(1)])));
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "testdata"));
}
