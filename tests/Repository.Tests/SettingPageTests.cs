using System.Reflection;

using RaftActors.Hosting;

namespace Repository.Tests;

/// <summary>
/// docs/configuration.md lists each setting as its reference.conf has it, with the typed option that sets it.
/// <c>RAFTACTORS_REWRITE=1 dotnet test tests/Repository.Tests</c> writes the list.
/// </summary>
public sealed partial class SettingPageTests
{
    private const string Page = "docs/configuration.md";
    private const string Start = "| setting | default | values | option | meaning |";
    private static readonly string[] References =
    [
        "src/RaftActors/reference.conf", "src/RaftActors.Coordination/reference.conf", "src/RaftActors.Persistence/reference.conf",
    ];

    [Fact]
    public void Page_lists_each_setting_of_the_reference()
    {
        var rows = References.SelectMany(RowsOf).ToList();
        var list = string.Join('\n', [Start, "|---|---|---|---|---|", .. rows]) + '\n';
        var text = Repository.Read(Page);
        var before = text.Split(Start)[0].TrimEnd() + "\n\n";
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllText(Path.Combine(Repository.Root, Page), text = before + list);
        }

        Assert.True(rows.Count > 70, $"Only {rows.Count} settings were found.");
        Assert.True(text == before + list, $"{Page} must end with this list; RAFTACTORS_REWRITE=1 writes it:\n{list}");
    }

    [Fact]
    public void Each_option_sets_a_setting_of_the_reference() => Assert.Empty(
        Options(typeof(RaftNodeOptions), "").Select(option => option.Setting).Except(References.SelectMany(RowsOf).Select(NameOf)));

    // A setting that no code reads would have no effect. A read of another key would fail, but only when it runs.
    [Fact]
    public void Code_reads_each_setting_of_the_reference_and_no_other()
    {
        foreach (var reference in References)
        {
            var settings = Pairs().Matches(Repository.Read(reference)).Select(pair => pair.Groups[1].Value).ToList();
            var code = string.Concat(Repository.Files("*.cs", Path.GetDirectoryName(reference)!).Select(Repository.Read));
            var keys = settings.ConvertAll(setting => setting[(setting.IndexOf('.') + 1)..]);
            var (read, readByTable) = (Reads().Matches(code).ToLookup(KeyOf), TableReads().Matches(code).Select(KeyOf));

            Assert.Equal(settings, RowsOf(reference).Select(NameOf));
            Assert.Empty(keys.Except(read.Select(each => each.Key)));
            Assert.Empty(readByTable.Except(keys));
        }

        static string KeyOf(Match match) => match.Groups[1].Value;
    }

    [GeneratedRegex(@"^(raft[a-z-]*\.\S+) = ", RegexOptions.Multiline)]
    private static partial Regex Pairs();

    // Two settings are read by the names of constants.
    [GeneratedRegex(@"(?:\b(?:Read|Get)\w+(?:<\w+>)?\(\s*|\bconst string \w+ = )""(?:raft(?:-coordination|-persistence)?\.)?([^""]+)""")]
    private static partial Regex Reads();

    [GeneratedRegex(@"\bRead(?:Flag|Choice<\w+>|Text|List|Number|Size|Time)\(\s*""([^""]+)""")]
    private static partial Regex TableReads();

    private static IEnumerable<string> RowsOf(string reference)
    {
        var options = Options(typeof(RaftNodeOptions), "").ToDictionary(option => option.Setting, option => $"`{option.Name}`");
        var comment = "";
        foreach (var line in Repository.Read(reference).Split('\n'))
        {
            if (line.Split(" # ") is [var pair, var rule] && pair.Split(" = ") is [var name, var value])
            {
                yield return $"| `{name}` | `{value}` | {rule} | {options.GetValueOrDefault(name)} | {FirstSentence(comment)} |";
            }

            comment = line.StartsWith("# ", StringComparison.Ordinal) ? $"{comment}{line[1..]}" : "";
        }
    }

    private static string NameOf(string row) => row.Split('`')[1];

    private static string FirstSentence(string comment) => comment.Trim().Split(". ")[0].TrimEnd('.');

    private static IEnumerable<(string Name, string Setting)> Options(Type type, string prefix) =>
        type.GetProperties().SelectMany(property => property.PropertyType.Namespace == typeof(RaftNodeOptions).Namespace
            ? Options(property.PropertyType, $"{property.Name}.")
            : property.GetCustomAttributesData().Where(each => each.AttributeType.Name == "SettingAttribute")
                .Select(each => ($"{prefix}{property.Name}", $"{each.ConstructorArguments[0].Value}")));
}
