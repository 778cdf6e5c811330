namespace RaftActors.Cli.Tests;

/// <summary>The first bytes of a value, for people.</summary>
public sealed class ValuePreviewTests
{
    private static readonly string Long = new('x', 38);

    [Theory]
    [InlineData("beer", "beer")]
    [InlineData("\u0001beer", "beer")]
    [InlineData("\u0001\u0002beer", "01026265657")]
    public void Text_is_shown_as_text_after_its_kind(string value, string shown) => Assert.StartsWith(shown, Of(value));

    [Theory]
    [InlineData("xx", "xx")]
    [InlineData("xé", "x")]
    [InlineData("é", "é")]
    [InlineData("x€", "x")]
    [InlineData("😀", "")]
    public void Text_that_is_cut_within_a_character_is_shown_up_to_it(string end, string shown) =>
        Assert.Equal($"{Long}{shown}...", Of($"{Long}{end}more"));

    private static string Of(string value) => ValuePreview.Of(Encoding.UTF8.GetBytes(value));
}
