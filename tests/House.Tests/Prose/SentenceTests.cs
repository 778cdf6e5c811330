namespace House.Tests.Prose;

/// <summary>How files are read as passages, and passages as sentences.</summary>
public sealed class SentenceTests
{
    [Theory]
    [InlineData("One. Two! Three? Four", "One.|Two!|Three?|Four")]
    [InlineData("The log ends\nhere. It is cut.", "The log ends here.|It is cut.")]
    [InlineData("It stops: The disk is full; No vote is lost.", "It stops:|The disk is full;|No vote is lost.")]
    [InlineData("It stops: the disk is full; no vote is lost.", "It stops: the disk is full; no vote is lost.")]
    [InlineData("A time, e.g. 50ms, or a size.", "A time, e.g. 50ms, or a size.")]
    [InlineData("It is *committed.* It is applied.", "It is *committed.*|It is applied.")]
    [InlineData("Version 1.5.30 of Akka.NET.", "Version 1.5.30 of Akka.NET.")]
    public void Passage_is_cut_at_the_ends_of_its_sentences(string text, string sentences) =>
        Assert.Equal(sentences.Split('|'), Sentence.Cut(new Passage(1, text)).Select(sentence => sentence.Text));

    [Fact]
    public void Sentence_knows_the_line_on_which_it_begins() =>
        Assert.Equal([7, 8, 8], Sentence.Cut(new Passage(7, "One goes\non. Two. Three")).Select(sentence => sentence.Line));

    [Theory]
    [InlineData("Who joins waits.", true)]
    [InlineData("nothing is lost.", true)]
    [InlineData("**What is lost** is asked for again.", true)]
    [InlineData("(Nobody's vote counts.)", true)]
    [InlineData("Which member leads?", false)]
    [InlineData("The leader sends what is missing.", false)]
    [InlineData("`Nobody` is a reference.", false)]
    [InlineData("Whole batches are written.", false)]
    public void Statement_that_begins_with_a_pronoun_is_found(string text, bool isFound) =>
        Assert.Equal(isFound, new Sentence(1, text).OpensWithAPronoun);

    [Theory]
    [InlineData("a.cs", "var url = \"http://a\"; // One.\n\n  // Two\n  // goes on.\nint i;", "1:One.|3:Two goes on.")]
    [InlineData("a.cs", "/// <summary>Gives <see cref=\"T:A.B\"/> or <c>x</c>.</summary>\n/// <returns>A\n/// B.</returns>\nclass C;",
        "1:Gives `A.B` or `x`.|2:A B.")]
    [InlineData("a.cs", "/// <example>\n/// <code>\n/// What();\n/// </code>\n/// Then this.\n/// </example>\nclass C;", "5:Then this.")]
    [InlineData("a.md", "# Title\ntext\ngoes on\n\n- item\n1. item\n\n| a cell | `b` |\n|---|---|\n```\nWhat is code\n```\nend",
        "1:Title text goes on|5:item|6:item|8:a cell|8:`b`|13:end")]
    [InlineData("a.conf", "# One\n# goes on.\nkey = 1 # no\n\n  # Two.", "1:One goes on.|5:Two.")]
    [InlineData("run", "#!/usr/bin/env bash\n# One.\necho '# not this'", "2:One.")]
    [InlineData("a.props", "<A>\n  <!-- One\n  goes on. -->\n</A>", "2:One goes on.")]
    [InlineData("a.hex", "# 00", "")]
    public void Comments_and_pages_are_read_as_passages(string file, string text, string passages) =>
        Assert.Equal(passages, string.Join('|', ProseReader.Read(file, text).Select(passage => $"{passage.Line}:{OneLine(passage)}")));

    private static string OneLine(Passage passage) => string.Join(' ', passage.Text.Split('\n').Select(line => line.Trim()));
}
