using Akka.Configuration;

namespace Repository.Tests;

/// <summary>The links, files, tests, scenarios, members, settings and metrics that a page names exist.</summary>
public sealed partial class PageNameTests
{
    // The sources that name the instruments, the spans and their tags.
    private static readonly Lazy<string> Metrics = new(() => string.Concat(
        Repository.Files("*.cs", "src")
            .Where(file => file.Contains("/Telemetry/") || file.EndsWith("Metrics.cs") || file.EndsWith("Gauges.cs"))
            .Select(Repository.Read)));

    // The names that a page can give a test by: of its class, or its own.
    private static readonly Lazy<HashSet<string>> Tests = new(() =>
    [
        .. Repository.Files("*.cs", "tests").SelectMany(file => TestDeclarations().Matches(Repository.Read(file)))
            .Select(match => match.Groups[1].Value),
    ]);

    // By the names of their types.
    private static readonly Lazy<ILookup<string, string>> Sources = new(() =>
        Repository.Files("*.cs", "src", "tests").ToLookup(file => Path.GetFileName(file).Split('.')[0]));

    private static readonly Lazy<Config> Reference =
        new(() => ConfigurationFactory.ParseString(Repository.Read("src/RaftActors/reference.conf")));

    public static TheoryData<string> Pages => new(Repository.All.Where(file => file.EndsWith(".md", StringComparison.Ordinal)));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_into_the_repository_leads_to_a_file_and_a_heading(string page)
    {
        var targets = Links().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value);

        Assert.All(targets.Where(target => !target.Contains("://")), target => Assert.True(Leads(page, target), target));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_file_that_a_page_names_exists(string page)
    {
        var text = Repository.Read(page);
        var missing = Paths().Matches(text).Select(match => match.Value).Where(path => !Path.Exists(Path.Combine(Repository.Root, path)))
            .Concat(FileNames().Matches(text).Select(match => match.Groups[1].Value).Where(name => !IsFile(name)));

        Assert.Empty(missing);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_test_that_a_page_names_exists(string page)
    {
        var tests = TestNames().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value);

        Assert.All(tests, test => Assert.Contains(test, Tests.Value));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_scenario_that_a_page_names_exists(string page) => Assert.All(
        Scenarios().Matches(Repository.Read(page)), match => Assert.True(Repository.IsScenario(match.Groups[1].Value), match.Value));

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_member_that_a_page_names_exists(string page)
    {
        var missing = Members().Matches(Repository.Read(page))
            .Where(match => SourcesOf(match.Groups[1].Value) is { Count: > 0 } sources
                && !sources.Any(source => HasMember(source, match.Groups[2].Value)))
            .Select(match => match.Value);

        Assert.Empty(missing);
    }

    // On other pages a name may be one of .NET or Akka.
    [Theory]
    [InlineData("docs/internals.md")]
    [InlineData("docs/judged.md")]
    public void Every_type_on_a_page_about_the_source_has_a_file(string page)
    {
        var text = Repository.Read(page);
        var types = Members().Matches(text).Concat(Types().Matches(text)).Select(match => match.Groups[1].Value).Distinct();

        Assert.All(types, type => Assert.NotEmpty(SourcesOf(type)));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_setting_or_metric_that_a_page_names_exists(string page)
    {
        var names = Settings().Matches(Repository.Read(page)).Select(match => match.Groups[1].Value);

        Assert.All(names, name => Assert.True(Reference.Value.HasPath(name) || Metrics.Value.Contains($"\"{name}\""), name));
    }

    private static bool Leads(string page, string target)
    {
        var parts = target.Split('#');
        var file = parts[0] == "" ? page : Path.Combine(Path.GetDirectoryName(page)!, parts[0]);

        return Path.Exists(Path.Combine(Repository.Root, file)) && (parts.Length == 1 || AnchorsOf(file).Contains(parts[1]));
    }

    // The anchor that GitHub gives a heading: lower case, hyphens for spaces, no other punctuation.
    private static IEnumerable<string> AnchorsOf(string page) =>
        Headings().Matches(Repository.Read(page))
            .Select(match => NotInAnchors().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    // A name with a folder is relative to some folder of the repository. A bare name is that of some file in it.
    private static bool IsFile(string name) =>
        Repository.All.Any(file => file == name || file.EndsWith($"/{name}", StringComparison.Ordinal));

    // A partial type may have several files: RaftActor.cs, RaftActor.Starting.cs. In an actor, Group is its RaftContext.
    private static List<string> SourcesOf(string type) =>
        [.. Sources.Value[type == "Group" ? "RaftContext" : type]];

    private static bool HasMember(string source, string member) =>
        Path.GetFileName(source).Split('.')[1] == member || HasWord(Repository.Read(source), member);

    // Faster than a regular expression for each of hundreds of words.
    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            if ((at == 0 || !IsOfWord(text[at - 1])) && (at + word.Length == text.Length || !IsOfWord(text[at + word.Length])))
            {
                return true;
            }
        }

        return false;

        static bool IsOfWord(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
    }

    [GeneratedRegex(@"\b(?:class|record|void|Task) (\w+)\b")]
    private static partial Regex TestDeclarations();

    [GeneratedRegex(@"\]\(([^)]+)\)")]
    private static partial Regex Links();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NotInAnchors();

    // Paths from the root, in text and in commands. Output of a build does not count.
    [GeneratedRegex(@"(?<![\w./-])(?:src|tests|demo|docs|hocon|\.ci|\.github)/(?![\w./-]*/bin/)[\w./-]*\w(?![\w*{])")]
    private static partial Regex Paths();

    [GeneratedRegex(@"`([\w.-]+(?:/[\w.-]+)*\.(?:cs|md|csproj|props|targets|sln))`")]
    private static partial Regex FileNames();

    [GeneratedRegex(@"`(\w+Tests|[A-Z][a-z]*(?:_\w+){3,})`")]
    private static partial Regex TestNames();

    [GeneratedRegex(@"`([a-z]+/\w+\.txt)`")]
    private static partial Regex Scenarios();

    // A type and a member of it, as in EngineContext.Step, in text and in drawings.
    [GeneratedRegex(@"(?:`|\["")([A-Z]\w+)\.([A-Z]\w+)\b")]
    private static partial Regex Members();

    [GeneratedRegex(@"`([A-Z][A-Za-z]+)`")]
    private static partial Regex Types();

    [GeneratedRegex(@"`(raft(?:\.[a-z]+(?:-[a-z]+)*)+)\b(?![./@(-])")]
    private static partial Regex Settings();
}
