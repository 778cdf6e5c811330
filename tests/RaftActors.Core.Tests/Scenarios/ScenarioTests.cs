using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace RaftActors.Core.Tests.Scenarios;

/// <summary>
/// Each file of testdata is one scenario, and its output must be the expected one. <c>RAFTACTORS_REWRITE=1 dotnet test</c> writes the
/// actual output into the files instead. Commit that only with a reason for each change.
/// </summary>
public sealed partial class ScenarioTests
{
    public static TheoryData<string> Files => [.. ScenarioFile.In(Folder())];

    [Theory]
    [MemberData(nameof(Files))]
    public void Scenario_gives_the_expected_output(string file) => ScenarioFile.Check(
        Path.Combine(Folder(), file),
        text => Run(text, skipsTicks: false),

        // A tick that comes before the due one has no effect.
        text => Run(text, skipsTicks: true));

    /// <summary>The rules of a version hold for both of its numbers, so the other number gives the same output.</summary>
    [Theory]
    [MemberData(nameof(FilesOfVersions))]
    public void Scenario_of_a_format_level_holds_for_the_logic_version(string file) => ScenarioFile.Check(
        Path.Combine(Folder(), file), text => Exchanged(Run(Exchanged(text), skipsTicks: false)));

    public static TheoryData<string> FilesOfVersions => [.. ScenarioFile.In(Folder()).Where(file => file.StartsWith("versions/"))];

    private static string Exchanged(string text) => Words().Replace(text, word => word.Value switch
    {
        "program=" => "logic=",
        "logic=" => "program=",
        "format-level" => "logic-version",
        "logic-version" => "format-level",
        _ when word.Groups["logic"].Success => $"format level {word.Groups["logic"]} and logic version {word.Groups["format"]}",
        _ => word.Value.StartsWith('f') ? $"logic version {word.Groups["one"]}" : $"format level {word.Groups["one"]}",
    });

    [GeneratedRegex(@"program=|logic=|format-level|logic-version"
        + @"|format level (?<format>\d+) and logic version (?<logic>\d+)|(format level|logic version) (?<one>\d+)")]
    private static partial Regex Words();

    private static string Run(string text, bool skipsTicks)
    {
        ScenarioRunner runner = new(skipsTicks);
        return ScenarioFile.Run(text, lines => runner.Run(Directive.Parse(lines[0], [.. lines.Skip(1)])));
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "testdata"));
}
