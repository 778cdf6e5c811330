using Akka.Configuration;

namespace Akka.Conformance.Tests.Configuration;

public sealed class HoconTests
{
    [Theory]
    [InlineData("a { b = 1 }, c = 2")]
    [InlineData("x.a { b = 1 }, c = 2")]
    [InlineData("x { a { b = 1 }, c = 2 }")]
    [InlineData("a { },")]
    [InlineData("a { b = 1 },\nc = 2")]
    public void Comma_after_an_object_that_follows_its_key_directly_is_refused(string text)
    {
        Assert.ThrowsAny<Exception>(() => ConfigurationFactory.ParseString(text));
    }

    [Theory]
    [InlineData("a = { b = 1 }, c = 2")]
    [InlineData("a : { b = 1 }, c = 2")]
    [InlineData("a { b = 1 }\nc = 2")]
    public void Comma_after_an_assigned_object_separates_fields(string text)
    {
        var config = ConfigurationFactory.ParseString(text);

        Assert.Equal((1, 2), (config.GetInt("a.b"), config.GetInt("c")));
    }

    [Fact]
    public void Key_may_have_spaces_inside()
    {
        var config = ConfigurationFactory.ParseString("a key  with spaces = 1, outer { inner key { b = 2 } }");

        Assert.Equal(1, config.GetInt("a key  with spaces"));
        Assert.Equal(2, config.GetInt("outer.inner key.b"));
    }

    [Theory]
    [InlineData("\"a.b\"")]
    [InlineData("c.\"d.e\"")]
    [InlineData("c.\"d.e\".\"f g\"")]
    public void Part_of_a_path_may_be_in_quotes(string path)
    {
        var config = ConfigurationFactory.ParseString(
            """
            "a.b" { x = 1 }
            c { "d.e" { x = 1, "f g" { x = 1 } } }
            """);

        Assert.Equal(1, config.GetConfig(path)!.GetInt("x"));
        Assert.Equal(1, config.WithFallback("y = 1").GetConfig(path)!.GetInt("x"));
    }
}
