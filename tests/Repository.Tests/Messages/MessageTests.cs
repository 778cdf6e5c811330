namespace Repository.Tests.Messages;

/// <summary>
/// A message of the product says what to do, or the page of errors explains it. The page has only messages that exist, each with its cause
/// and its cure.
/// </summary>
public sealed partial class MessageTests
{
    private const string Page = "docs/errors.md";

    private static readonly string[] Listed = [.. Lines().Matches(Repository.Read(Page)).Select(line => line.Groups[1].Value)];

    private static readonly Lazy<(string Text, string Place)[]> Messages = new(() => [.. MessageSources.All()]);

    [Fact]
    public void Each_message_of_the_page_is_in_the_source_and_once_on_the_page()
    {
        var texts = Messages.Value.Select(message => message.Text).ToHashSet();
        var outdated = Listed.Where(entry => !texts.Contains(entry)).Select(entry => $"remove: {entry}");
        var repeated = Listed.CountBy(entry => entry).Where(count => count.Value > 1).Select(count => $"twice:  {count.Key}");
        var changes = outdated.Concat(repeated).ToList();

        Assert.True(texts.Count > 250, $"Only {texts.Count} messages were found in the source.");
        Assert.True(changes.Count == 0, $"{Page} differs from the source:\n{string.Join('\n', changes)}");
    }

    [Fact]
    public void Each_message_of_the_page_has_a_cause_and_a_cure()
    {
        var explained = Entries().Matches(Repository.Read(Page)).SelectMany(entry => Lines().Matches(entry.Value));

        Assert.NotEmpty(Listed);
        Assert.Empty(Listed.Except(explained.Select(line => line.Groups[1].Value)));
    }

    [Fact]
    public void Each_message_that_is_not_on_the_page_says_what_to_do()
    {
        var silent = Messages.Value
            .Where(message => !Listed.Contains(message.Text) && !MessageRemedy.IsIn(message.Text))
            .Select(message => $"{message.Text}  ({message.Place})")
            .ToList();

        Assert.True(
            silent.Count == 0, $"Let these messages say what to do, or explain them in {Page}:\n{string.Join('\n', silent)}");
    }

    [Theory]
    [InlineData("This node has no name. Set raft.node in the configuration.", true)]
    [InlineData("'{text}' is not a contact: write HOST:PORT, the address of a node", true)]
    [InlineData("'{Self}' is not in the roster. If the group runs already, set raft.joining = on here.", true)]
    [InlineData("raft.get-window is {GetWindow}; it must be 1 or more.", true)]
    [InlineData("The item {item} is not written yet, and will be tried again: {Message}", true)]
    [InlineData("raft.contacts is wrong. ...", true)]
    [InlineData("The store is closed.", false)]
    [InlineData("The shard of {Name} is lost: every program that reaches its ports can read, append and change the members.", false)]
    [InlineData("TLS failed; the other side may have no raft.security", false)]
    [InlineData("Cannot accept raft connections on port {Port} for now: {Message}", false)]
    public void Remedy_is_known_by_its_words(string message, bool hasRemedy) => Assert.Equal(hasRemedy, MessageRemedy.IsIn(message));

    [GeneratedRegex("^- `(.*)`$", RegexOptions.Multiline)]
    private static partial Regex Lines();

    // Messages with the same cause and cure stand together.
    [GeneratedRegex(@"(?:^- `.*`\n)+\n  Cause: (?:.|\n(?!\n))*?\sCure: \S", RegexOptions.Multiline)]
    private static partial Regex Entries();
}
