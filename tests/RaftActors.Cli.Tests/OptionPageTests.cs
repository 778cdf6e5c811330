using System.CommandLine;
using System.CommandLine.Help;

namespace RaftActors.Cli.Tests;

/// <summary>
/// The page of the program ends with all its options. <c>RAFTACTORS_REWRITE=1 dotnet test tests/RaftActors.Cli.Tests</c> writes the list.
/// </summary>
public sealed class OptionPageTests
{
    private const int VerbsMax = 10;
    private const string Start = "| option | verbs | meaning |";
    private static readonly string Page = Path.Combine(Root(), "src", "RaftActors.Cli", "README.md");

    [Fact]
    public void Page_lists_each_option_with_its_verbs()
    {
        var root = CommandLine.Build(new CommandEnvironment(() => Stream.Null, TextWriter.Null, TextWriter.Null), null);
        var rows = OptionsIn(root, "").GroupBy(each => (each.Names, each.Meaning), each => each.Verb)
            .OrderBy(option => option.Key.Names.TrimStart('`', '-'), StringComparer.Ordinal)
            .Select(option => $"| {option.Key.Names} | {Verbs([.. option.Distinct()])} | {option.Key.Meaning} |")
            .ToList();
        var list = string.Join('\n', [Start, "|---|---|---|", .. rows]) + '\n';
        var text = File.ReadAllText(Page);
        var before = text.Split(Start)[0].TrimEnd() + "\n\n";
        if (Environment.GetEnvironmentVariable("RAFTACTORS_REWRITE") == "1")
        {
            File.WriteAllText(Page, text = before + list);
        }

        Assert.True(rows.Count > 50, $"Only {rows.Count} options were found.");
        Assert.True(text == before + list, $"{Page} must end with this list; RAFTACTORS_REWRITE=1 writes it:\n{list}");
    }

    private static IEnumerable<(string Names, string Meaning, string Verb)> OptionsIn(Command command, string verb) =>
        command.Options.Where(option => option is not (HelpOption or VersionOption) && !option.Hidden)
            .Select(option => (
                string.Join(", ", option.Aliases.Prepend(option.Name).Select(name => $"`{name}{Value(option)}`")),
                (option.Description ?? "").Split(". ")[0].TrimEnd('.').Replace('\n', ' '),
                verb.Length == 0 ? "no verb" : $"`{verb}`"))
            .Concat(command.Subcommands.SelectMany(inner => OptionsIn(inner, $"{verb} {inner.Name}".Trim())));

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "RaftActors.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private static string Verbs(string[] all) => all.Length > VerbsMax ? "most verbs" : string.Join(", ", all);

    private static string Value(Option option) => option.HelpName is { } value ? $" {value.ToUpperInvariant()}" : "";
}
