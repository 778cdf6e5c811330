using Microsoft.AspNetCore.Html;

using RaftActors.Dashboard.Html;

namespace RaftActors.Dashboard.Tests;

public sealed class HtmlWriterTests
{
    [Theory]
    [InlineData("<b>", "&lt;b&gt;")]
    [InlineData("\" onclick=\"x", "&quot; onclick=&quot;x")]
    [InlineData("' &amp;", "&#x27; &amp;amp;")]
    public void Value_is_encoded_and_the_literal_around_it_is_not(string value, string expected)
    {
        HtmlWriter html = new();

        html.Add($"<p title=\"{value}\">{value}</p>");

        Assert.Equal($"<p title=\"{expected}\">{expected}</p>", html.ToString());
    }

    [Fact]
    public void Number_has_its_format_in_every_culture()
    {
        HtmlWriter html = new();

        html.Add($"{1234567:N0} {0.5:0.0} {null as string}");

        Assert.Equal("1,234,567 0.5 ", html.ToString());
    }

    [Fact]
    public void Markup_is_not_encoded_twice()
    {
        HtmlWriter html = new();

        html.Add($"<p>{new HtmlString("<i>&amp;</i>")}</p>");

        Assert.Equal("<p><i>&amp;</i></p>", html.ToString());
    }
}
