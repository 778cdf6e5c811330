using Akka.Configuration;

namespace Akka.Embedded.Tests.Configuration;

public sealed class HoconErrorTests
{
    /// <summary>Texts that would fill the stack or the memory, and the end of the error.</summary>
    public static TheoryData<string, string> Excesses => new()
    {
        { "a = " + string.Concat(Enumerable.Repeat("[", 257)), "more than 256 objects and lists are inside of each other." },
        { string.Concat(Enumerable.Repeat("a {", 257)), "more than 256 objects and lists are inside of each other." },
        { string.Concat(Enumerable.Repeat("a.", 256)) + "a = 1", "more than 256 objects and lists are inside of each other." },
        { "a = 1\n" + string.Concat(Enumerable.Repeat("a = ${a}1\n", 500)), "more than 400 substitutions depend on each other." },
        { Lines(300, "[${a#}]"), "this substitution makes more than 256 objects and lists inside of each other, or" },
        { Lines(60, "${a#}${a#}"), "or all substitutions stand for more than 4194304 characters." },
        { Lines(60, "{l = ${a#}, r = ${a#}}"), "or all substitutions stand for more than 4194304 characters." },
    };

    [Theory]
    [MemberData(nameof(Excesses))]
    public void Text_that_would_fill_the_stack_or_the_memory_is_refused(string text, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(text));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_256_levels_is_read_and_written()
    {
        var text = string.Concat(Enumerable.Repeat("a {", 256)) + string.Concat(Enumerable.Repeat("\n}", 256));

        var config = ConfigurationFactory.ParseString(text);

        Assert.Equal(config.ToString(), ConfigurationFactory.ParseString(config.ToString()).ToString());
    }

    [Theory]
    [InlineData("a", "<string>:1:2: found the end of the text, expected '=', ':' or '{' after the key a.")]
    [InlineData("a b", "<string>:1:4: found the end of the text, expected '=', ':' or '{' after the key \"a b\".")]
    [InlineData(
        "a += 1",
        "<string>:1:3: found '+', expected '=', ':' or '{' after the key a (Akka.NET does not support '+='; write the whole list).")]
    [InlineData(
        "a { }, b = 1",
        "<string>:1:6: found ',', expected a new line after 'key { ... }', because Akka.NET takes a comma only after 'key = { ... }'.")]
    [InlineData("a = 1\n b = }", "<string>:2:6: found '}', expected a value")]
    [InlineData("a = 1 }", "<string>:1:7: found '}', expected a comma, a new line.")]
    [InlineData("a = 1\n}", "<string>:2:1: found '}', expected a key.")]
    [InlineData("a {\n b = 1\n", "<string>:3:1: found the end of the text, expected '}' for the '{' in line 1.")]
    [InlineData("a = [1, 2", "<string>:1:10: found the end of the text, expected ']' for the '[' in line 1.")]
    [InlineData("a = [1, , 2]", "<string>:1:9: found ',', expected a value")]
    [InlineData("a = 1,, b = 2", "<string>:1:7: found ',', expected a key.")]
    [InlineData("a..b = 1", "<string>:1:3: found '.b', expected a key after the dot.")]
    [InlineData("a = \"x\nb = 2", "<string>:1:5: a text in quotes is not closed on its line, expected '\"'.")]
    [InlineData("a = \"\"\"x\nb = 2", "<string>:1:5: a text in triple quotes is not closed, expected \"\"\".")]
    [InlineData("a = \"\\x\"", "<string>:1:6: found '\\x', expected one of")]
    [InlineData("a = sys@host", "<string>:1:8: found '@', expected a comma, a new line.")]
    [InlineData("a = ${b", "<string>:1:7: a substitution is not closed on its line, expected '}'.")]
    [InlineData("x = 1\na = ${b.c}", "<string>:2:5: ${b.c} is neither set in this text nor an environment variable; set it, or")]
    [InlineData("a = ${b}\nb = ${a}", "<string>:2:5: this substitution depends on its own value.")]
    [InlineData("a = ${a}", "<string>:1:5: ${a} is neither set")]
    [InlineData("a = [1] x", "<string>:1:5: texts, lists and objects beside each other cannot be joined")]
    [InlineData("a { b = 1 } x", "<string>:1:13: texts, lists and objects beside each other cannot be joined")]
    [InlineData("include x", "<string>:1:9: found 'x', expected the name of a file in quotes after include")]
    [InlineData("include \"none.conf\"", "<string>:1:9: the included file '")]
    [InlineData("#line 40 \"node1.conf\"\na = 1\n  b 2", "node1.conf:41:6: found the end of the text, expected")]
    public void Text_that_is_not_hocon_is_refused_with_place_find_and_expectation(string text, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(text));

        Assert.StartsWith(expected, error.Message);
    }

    [Theory]
    [InlineData("a = x", "<string>:1:5: a is 'x', expected a whole number between -2^31 and 2^31 - 1.")]
    [InlineData("a = 3000000000", "<string>:1:5: a is '3000000000', expected a whole number between -2^31 and 2^31 - 1.")]
    [InlineData("a { b = 1 }", "a is an object, expected a text.")]
    public void A_getter_refuses_a_value_of_another_kind_and_names_its_place(string text, string expected)
    {
        var error = Assert.Throws<ConfigurationException>(() => ConfigurationFactory.ParseString(text).GetInt("a"));

        Assert.Equal(expected, error.Message);
    }

    // Lines in which each key has the value of the one before it, at each #.
    private static string Lines(int count, string value)
    {
        var lines = Enumerable.Range(1, count).Select(each => $"a{each} = " + value.Replace("#", $"{each - 1}", StringComparison.Ordinal));
        return "a0 = 1\n" + string.Join('\n', lines);
    }
}
