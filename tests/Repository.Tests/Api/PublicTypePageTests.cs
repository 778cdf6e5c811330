namespace Repository.Tests.Api;

/// <summary>A page names each public type, so a reader of the pages knows all that an editor offers.</summary>
public sealed partial class PublicTypePageTests
{
    // Of all pages, without the arguments of types.
    private static readonly Lazy<string> Code = new(() => WithoutArguments(string.Join('\n', Repository.Files("*.md", "docs")
        .Concat(Repository.Files("README.md", "src"))
        .Append("README.md")
        .SelectMany(page => CodeOnPages().Matches(Repository.Read(page)))
        .Select(match => match.Value))));

    public static TheoryData<string> Records => new(Repository.Files("*.txt", "tests/Repository.Tests/Api"));

    [Theory]
    [MemberData(nameof(Records))]
    public void Page_names_each_public_type(string record)
    {
        var types = Types().Matches(Repository.Read(record)).Select(type => WithoutArguments(type.Groups[1].Value)).Distinct().ToList();

        Assert.NotEmpty(types);
        Assert.All(types.Select(type => NameOf(type, types)), name => Assert.True(IsOnPage(name), $"No page names {name} in code."));
    }

    [Fact]
    public void Type_counts_only_in_code_and_as_a_whole_word()
    {
        Assert.True(IsOnPage("RaftActor"));
        Assert.False(IsOnPage("RaftAct"));
        Assert.False(IsOnPage("leadership"));
    }

    // Without the namespace. That of a nested type may be an English word, so its outer type stands before it.
    private static string NameOf(string type, List<string> all)
    {
        var parts = type.Split('.');
        return all.Contains(string.Join('.', parts[..^1])) ? $"{parts[^2]}.{parts[^1]}" : parts[^1];
    }

    // Users do not write the names of classes of extension methods, nor the end of the name of an attribute.
    private static bool IsOnPage(string name) => name.EndsWith("Extensions", StringComparison.Ordinal)
        || Regex.IsMatch(Code.Value, $@"(?<!\w){Regex.Escape(AttributeEnd().Replace(name, ""))}(?!\w)");

    private static string WithoutArguments(string code) => Arguments().Replace(code, "");

    // Blocks first, because their fences look like inline code.
    [GeneratedRegex("^ *```.*?^ *```|`[^`\n]+`", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeOnPages();

    [GeneratedRegex(@"^([\w.]+(?:<[\w, ]+>)?(?:\.\w+)?)(?: where .*)? is (?:\w+ )*?(?:class|record|struct|enum|interface|delegate)\b",
        RegexOptions.Multiline)]
    private static partial Regex Types();

    [GeneratedRegex("<[^<>]*>")]
    private static partial Regex Arguments();

    [GeneratedRegex("Attribute$")]
    private static partial Regex AttributeEnd();
}
