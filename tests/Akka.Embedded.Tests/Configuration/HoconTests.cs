using Akka.Configuration;

namespace Akka.Embedded.Tests.Configuration;

public sealed class HoconTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("# comment\n// comment\r\n", "")]
    [InlineData("a = 1", "a = 1")]
    [InlineData("{ a : 1 }", "a = 1")]
    [InlineData("a.b.c = x # comment", "a { b { c = x } }")]
    [InlineData("a { b = x, c = y }", "a { b = x c = y }")]
    [InlineData("a { b = x\n c = y,\n }", "a { b = x c = y }")]
    [InlineData("a.\"b.c\" = x", "a { \"b.c\" = x }")]
    [InlineData("a = \"x, } y\"", "a = \"x, } y\"")]
    [InlineData(@"a = ""\""\\\n\u0041""", @"a = ""\""\\\nA""")]
    [InlineData("a = \"\"\"x \"y\" \\n\"\"\"", "a = \"x \\\"y\\\" \\\\n\"")]
    [InlineData("a = \"\"\"x\"\"\"\"", "a = \"x\\\"\"")]
    [InlineData("a = \"\"\"1\n2\"\"\"\nb = 3", "a = \"1\\n2\" b = 3")]
    [InlineData("a = x  y", "a = \"x  y\"")]
    [InlineData("a = 127.0.0.1 // comment", "a = 127.0.0.1")]
    [InlineData("a = x-y/z", "a = x-y/z")]
    [InlineData("a = [1, 2\n3\n]", "a = [1, 2, 3]")]
    [InlineData("a = [1] [2]", "a = [1, 2]")]
    [InlineData("a = [{b = 1}, {b = 2}]", "a = [{ b = 1 }, { b = 2 }]")]
    [InlineData("a = {b = 1} {c = 2}", "a { c = 2 b = 1 }")]
    [InlineData("a =\n  1", "a = 1")]
    [InlineData("a = null", "a = null")]
    [InlineData("\uFEFFa = 1", "a = 1")]
    public void Text_of_each_form_is_read_as_the_same_values_in_plain_form(string text, string expected)
    {
        Assert.Equal(expected, InOneLine(ConfigurationFactory.ParseString(text)));
    }

    [Theory]
    [InlineData("a = 1\na = 2", "a = 2")]
    [InlineData("a.b = 1\na.c = 2", "a { b = 1 c = 2 }")]
    [InlineData("a { b = 1 }\na { c = 2, b = 3 }", "a { b = 3 c = 2 }")]
    [InlineData("a = 1\na { b = 2 }", "a { b = 2 }")]
    [InlineData("a { b = 2 }\na = 1", "a = 1")]
    [InlineData("a = [1]\na = [2]", "a = [2]")]
    public void A_key_written_twice_takes_the_later_value_and_objects_merge(string text, string expected)
    {
        Assert.Equal(expected, InOneLine(ConfigurationFactory.ParseString(text)));
    }

    [Theory]
    [InlineData("a = 1\nb = ${a}", "a = 1 b = 1")]
    [InlineData("b = ${a}\na = 1", "b = 1 a = 1")]
    [InlineData("b = x${a}y\na = 1", "b = \"x1y\" a = 1")]
    [InlineData("b = ${?none}\na = 1", "a = 1")]
    [InlineData("b = 1\nb = ${?none}", "b = 1")]
    [InlineData("b = x ${?none}", "b = \"x \"")]
    [InlineData("b = [1, ${?none}, 2]", "b = [1, 2]")]
    [InlineData("a = [1]\na = ${a} [2]", "a = [1, 2]")]
    [InlineData("a { b = 1 }\na { b = ${a.b}2 }", "a { b = \"12\" }")]
    [InlineData("a { x { b = 1 }\nx { b = ${a.x.b}2 } }", "a { x { b = \"12\" } }")]
    [InlineData("a = 1\na = ${a}2\na = ${a}3", "a = \"123\"")]
    [InlineData("a { x = 1 }\nb = ${a} { y = 2 }", "a { x = 1 } b { y = 2 x = 1 }")]
    [InlineData("a { x = 1 }\nb = ${a}\nb.y = 2\na.x = 3", "a { x = 3 } b { y = 2 x = 3 }")]
    [InlineData("a { x = 1 }\nb = ${a}\nb.x = 2", "a { x = 1 } b { x = 2 }")]
    [InlineData("a { x = ${a.y}, y = 1 }", "a { x = 1 y = 1 }")]
    [InlineData("a { x { z = 1 } }\nb = ${a}\nc = ${b.x.z}", "a { x { z = 1 } } b { x { z = 1 } } c = 1")]
    public void A_substitution_takes_the_final_value_of_its_path_or_its_own_earlier_one(string text, string expected)
    {
        Assert.Equal(expected, InOneLine(ConfigurationFactory.ParseString(text)));
    }

    [Fact]
    public void A_substitution_without_a_value_in_the_text_takes_the_environment_variable()
    {
        Environment.SetEnvironmentVariable("HOCON_TESTS_VARIABLE", "from outside");

        var config = ConfigurationFactory.ParseString("a = ${HOCON_TESTS_VARIABLE}");

        Assert.Equal("from outside", config.GetString("a"));
    }

    [Fact]
    public void What_ToString_writes_is_read_as_the_same_configuration()
    {
        var config = ConfigurationFactory.ParseString("a { \"b c\" = \"x\\ny\", d = [1, { e = \"\" }] }\n\"f.g\" = null");

        Assert.Equal(config.ToString(), ConfigurationFactory.ParseString(config.ToString()).ToString());
    }

    /// <summary>Joins the lines. Spaces within a line are kept, because they matter in quotes.</summary>
    private static string InOneLine(Config config) => string.Join(' ', config.ToString().Split('\n').Select(line => line.Trim()));
}
