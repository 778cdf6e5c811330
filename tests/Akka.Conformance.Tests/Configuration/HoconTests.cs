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

    [Theory]
    [InlineData("500 micros", 0.5)]
    [InlineData("7 ms", 7)]
    [InlineData("7", 7)]
    [InlineData("1.5s", 1500)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    public void Duration_has_a_unit_or_is_in_milliseconds(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("500 us")]
    [InlineData("soon")]
    [InlineData("-1s")]
    public void Malformed_duration_is_refused(string text) =>
        Assert.ThrowsAny<Exception>(() => ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));

    [Theory]
    [InlineData("7", 7)]
    [InlineData("7b", 7)]
    [InlineData("2kB", 2000)]
    [InlineData("2K", 2048)]
    [InlineData("2 MiB", 2_097_152)]
    public void Size_has_a_unit_or_is_in_bytes(string text, long bytes) =>
        Assert.Equal(bytes, ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a"));

    [Theory]
    [InlineData("1.5MB")]
    [InlineData("7 mb")]
    public void Malformed_size_is_refused(string text) =>
        Assert.ThrowsAny<Exception>(() => ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a"));

    [Fact]
    public void Later_values_win_and_objects_merge()
    {
        var config = ConfigurationFactory.ParseString("a { x = 1, y = 1 }\na { y = 2 }\na.z = 3\nb = 1\nb = [1, 2]");

        Assert.Equal((1, 2, 3), (config.GetInt("a.x"), config.GetInt("a.y"), config.GetInt("a.z")));
        Assert.Equal(["1", "2"], config.GetStringList("b"));
    }

    [Fact]
    public void Substitution_takes_the_value_of_its_path()
    {
        var config = ConfigurationFactory.ParseString("a { b = 7 }\nc = ${a.b}");

        Assert.Equal(7, config.GetInt("c"));
    }

    [Fact]
    public void Fallback_fills_what_is_absent()
    {
        var config = ConfigurationFactory.ParseString("a { x = 1 }\nl = [1]")
            .WithFallback(ConfigurationFactory.ParseString("a { x = 2, y = 2 }\nl = [2]\nz = 3"));

        Assert.Equal((1, 2, 3), (config.GetInt("a.x"), config.GetInt("a.y"), config.GetInt("z")));
        Assert.Equal(["1"], config.GetStringList("l"));
        Assert.False(config.HasPath("a.none"));
        Assert.Equal(9, config.GetInt("a.none", 9));
    }

    [Fact]
    public void Comments_and_texts_in_quotes_are_read_as_such()
    {
        var config = ConfigurationFactory.ParseString(
            """"
            # comment
            a = "x # y" // comment
            b = """one "two"
            three"""
            c = on
            """");

        Assert.Equal("x # y", config.GetString("a"));
        Assert.Equal("one \"two\"\nthree", config.GetString("b")!.ReplaceLineEndings("\n"));
        Assert.True(config.GetBoolean("c"));
    }
}
