using System.Text.RegularExpressions;

namespace Repository.Tests.Messages;

/// <summary>The page of errors has each message of the product, with its cause and its cure, and no other one.</summary>
public sealed partial class MessageTests
{
    private const string Page = "docs/errors.md";

    // Below this line of each area the messages have their cures in themselves.
    private const string Complete = "These say the cure themselves:";

    private static readonly string[] Listed = [.. Entries().Matches(Repository.Read(Page)).Select(entry => entry.Groups[1].Value)];

    [Fact]
    public void Page_has_each_message_of_the_source_once_and_no_other_one()
    {
        var messages = MessageSources.All().ToList();
        var texts = messages.Select(message => message.Text).ToHashSet();
        var missing = messages.Where(message => !Listed.Contains(message.Text))
            .Select(message => $"add:    {message.Text}  ({message.Place})");
        var outdated = Listed.Where(entry => !texts.Contains(entry)).Select(entry => $"remove: {entry}");
        var repeated = Listed.CountBy(entry => entry).Where(count => count.Value > 1).Select(count => $"twice:  {count.Key}");
        var changes = missing.Concat(outdated).Concat(repeated).ToList();

        Assert.True(messages.Count > 250, $"Only {messages.Count} messages were found in the source.");
        Assert.True(changes.Count == 0, $"{Page} differs from the source:\n{string.Join('\n', changes)}");
    }

    [Fact]
    public void Each_message_that_has_no_cure_in_itself_has_a_cause_and_a_cure()
    {
        var explained = Repository.Read(Page).Split("\n## ")[1..].SelectMany(area => Blocks().Split(area.Split(Complete)[0])[1..]).ToList();

        Assert.NotEmpty(explained);
        Assert.All(explained, entry => Assert.Matches(@"(?s)^`.*`\n\n  Cause: .*\S Cure: \S", entry));
    }

    [GeneratedRegex("^- `(.*)`$", RegexOptions.Multiline)]
    private static partial Regex Entries();

    [GeneratedRegex("^- ", RegexOptions.Multiline)]
    private static partial Regex Blocks();
}
