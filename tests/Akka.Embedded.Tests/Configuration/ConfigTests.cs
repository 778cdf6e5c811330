using Akka.Configuration;

namespace Akka.Embedded.Tests.Configuration;

public sealed class ConfigTests
{
    [Theory]
    [InlineData("100", 100)]
    [InlineData("100 ms", 100)]
    [InlineData("2s", 2000)]
    [InlineData("1.5 seconds", 1500)]
    [InlineData("1 m", 60_000)]
    [InlineData("2 minutes", 120_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1 day", 86_400_000)]
    [InlineData("500 micros", 0.5)]
    [InlineData("1000000 ns", 1)]
    [InlineData("0s", 0)]
    public void GetTimeSpan_of_each_spelling_gives_the_duration(string text, double milliseconds)
    {
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));
    }

    [Theory]
    [InlineData("5 parsecs")]
    [InlineData("-5 s")]
    [InlineData("s")]
    [InlineData("[1]")]
    [InlineData("300000000 days")]
    public void GetTimeSpan_of_something_else_is_refused(string text)
    {
        Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString($"a = {text}").GetTimeSpan("a"));
    }

    [Fact]
    public void GetTimeSpan_of_infinite_gives_the_infinite_timeout_where_allowed()
    {
        Config config = "a = infinite";

        Assert.Equal(Timeout.InfiniteTimeSpan, config.GetTimeSpan("a"));
        Assert.Throws<ConfigurationException>(() => config.GetTimeSpan("a", allowInfinite: false));
    }

    [Theory]
    [InlineData("100", 100)]
    [InlineData("100b", 100)]
    [InlineData("2 kB", 2000)]
    [InlineData("2K", 2048)]
    [InlineData("2 KiB", 2048)]
    [InlineData("2MB", 2_000_000)]
    [InlineData("4m", 4_194_304)]
    [InlineData("4 MiB", 4_194_304)]
    [InlineData("1 gigabyte", 1_000_000_000)]
    [InlineData("1 G", 1_073_741_824)]
    public void GetByteSize_of_each_spelling_gives_the_bytes(string text, long bytes)
    {
        Assert.Equal(bytes, ConfigurationFactory.ParseString($"a = {text}").GetByteSize("a"));
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("yes", true)]
    [InlineData("True", true)]
    [InlineData("off", false)]
    [InlineData("no", false)]
    [InlineData("false", false)]
    public void GetBoolean_of_each_spelling_gives_the_truth(string text, bool expected)
    {
        Assert.Equal(expected, ConfigurationFactory.ParseString($"a = {text}").GetBoolean("a", !expected));
    }

    [Fact]
    public void Numbers_are_read_whatever_the_culture()
    {
        Config config = "a = 1.5, b = -7, c = 9000000000, d = 1e3";

        Assert.Equal(1.5, config.GetDouble("a"));
        Assert.Equal(-7, config.GetInt("b"));
        Assert.Equal(9_000_000_000, config.GetLong("c"));
        Assert.Equal(1000, config.GetDouble("d"));
        Assert.Throws<ConfigurationException>(() => config.GetInt("c"));
    }

    [Theory]
    [InlineData("a = [x, y]", new[] { "x", "y" })]
    [InlineData("a = []", new string[0])]
    [InlineData("", new string[0])]
    [InlineData("a { 1 = y, 0 = x }", new[] { "x", "y" })]
    public void GetStringList_reads_lists_and_objects_with_numbers_for_keys(string text, string[] expected)
    {
        Assert.Equal(expected, ConfigurationFactory.ParseString(text).GetStringList("a"));
    }

    [Fact]
    public void Absent_and_null_keys_give_the_defaults()
    {
        Config config = "b = null";

        foreach (var path in new[] { "a", "b", "b.c" })
        {
            Assert.Null(config.GetString(path));
            Assert.Equal("x", config.GetString(path, "x"));
            Assert.Equal(7, config.GetInt(path, 7));
            Assert.True(config.GetBoolean(path, true));
            Assert.Equal(TimeSpan.Zero, config.GetTimeSpan(path));
            Assert.Null(config.GetByteSize(path));
            Assert.Null(config.GetConfig(path));
            Assert.Equal(["x"], config.GetStringList(path, ["x"]));
        }
    }

    [Fact]
    public void A_path_with_quotes_finds_a_key_with_dots()
    {
        Config config = "a { \"/user/b.c\" { d = 1 } }";

        Assert.Equal(1, config.GetInt("a.\"/user/b.c\".d"));
        Assert.True(config.HasPath("a.\"/user/b.c\""));
        Assert.False(config.HasPath("a./user/b"));
    }

    [Fact]
    public void A_fallback_fills_what_is_absent_and_objects_merge()
    {
        Config config = "a { b = 1 }\nc = [1]";

        var merged = config.WithFallback("a { b = 2, d = 3 }\nc = [2], e = 4").WithFallback("a.f = 5");

        Assert.Equal("a { b = 1 d = 3 f = 5 } c = [1] e = 4", Hocon(merged.ToString(includeFallback: true)));
        Assert.Equal("a { b = 1 } c = [1]", Hocon(merged.ToString()));
        Assert.Equal("b = 1 d = 3 f = 5", Hocon(merged.GetConfig("a")!.ToString()));
    }

    [Fact]
    public void A_value_that_is_no_object_hides_the_object_of_a_fallback()
    {
        Config config = "a = 1";

        Assert.False(config.WithFallback("a { b = 2 }").WithFallback("a { c = 3 }").HasPath("a.b"));
        Assert.Equal("a { d = 4 }", Hocon(((Config)"a { d = 4 }").WithFallback(config).WithFallback("a { c = 3 }").ToString(true)));
    }

    [Fact]
    public void Without_a_key_a_configuration_is_empty()
    {
        Assert.True(ConfigurationFactory.Empty.IsEmpty);
        Assert.True(ConfigurationFactory.Empty.WithFallback("# nothing").IsEmpty);
        Assert.False(ConfigurationFactory.Empty.WithFallback("a = 1").IsEmpty);
    }

    [Fact]
    public void A_chain_of_a_hundred_thousand_fallbacks_is_merged_without_recursion()
    {
        var config = ConfigurationFactory.Empty;
        for (var i = 0; i < 100_000; i++)
        {
            config = config.WithFallback(ConfigurationFactory.ParseString($"a.k{i} = {i}"));
        }

        Assert.Equal(99_999, config.GetInt("a.k99999"));
        Assert.Equal(0, config.GetInt("a.k0"));
    }

    private static string Hocon(string text) => string.Join(' ', text.Split('\n').Select(line => line.Trim()));
}
