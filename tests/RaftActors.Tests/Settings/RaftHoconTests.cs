using System.Text.RegularExpressions;

namespace RaftActors.Tests.Settings;

/// <summary>Texts that a user has written. On many of the refused ones Akka.NET's own parser loops or overflows the stack.</summary>
public sealed partial class RaftHoconTests
{
    public static TheoryData<string> ReferenceTexts => [.. new[]
        {
            typeof(ActorSystem).Assembly, typeof(Akka.Remote.RemoteActorRefProvider).Assembly, typeof(Akka.Cluster.Cluster).Assembly,
            typeof(Raft).Assembly,
        }
        .SelectMany(assembly => assembly.GetManifestResourceNames().Where(name => name.EndsWith(".conf"))
            .Select(name => ReadResource(assembly, name)))];

    [Theory]
    [InlineData("roster = [a@b, c@d]", "1:12: '@' is allowed in quotes only. Write \"...\" around the whole text, as in \"name@node1\".")]
    [InlineData("raft {\n  x = [1, 2\n}\n", "3:1: found '}', expected a value.")]
    [InlineData("a = [1 #", "1:5: this '[' is not closed. Add the ']'.")]
    [InlineData("a = [x:1]", "1:7: found ':', expected ',' or the end of the line. A text with ':' needs quotes.")]
    [InlineData("a = [\n  , b]", "2:3: found ',', expected a value.")]
    [InlineData("a = host:80", "1:9: found ':', expected ',' or the end of the line. A text with ':' needs quotes.")]
    [InlineData("a = 1 b = 2", "1:9: found '=', expected ',' or the end of the line.")]
    [InlineData("a =", "1:4: the text ends, and a value was expected.")]
    [InlineData("a = }", "1:5: found '}', expected a value.")]
    [InlineData("a {\n  b = 1\n", "1:3: this '{' is not closed. Add the '}'.")]
    [InlineData("a { b = 1 }, c = 2", "1:12: this ',' stands before a key. A block needs none after its '}'. Delete it.")]
    [InlineData("a = 1\n}\n", "2:1: found '}', expected a key.")]
    [InlineData("{ a = 1 }\nb = 2", "2:1: this text is after the '}' of the whole, where it would be ignored.")]
    [InlineData("a\nb = 1", "1:1: this key has no value. Write key = value, or key { ... }.")]
    [InlineData("\"a\" \"b\" = 1", "1:1: this key has no value.")]
    [InlineData("\"\" = 1", "1:1: this key is empty.")]
    [InlineData("a..b = 1", "1:3: '.' is allowed in quotes only.")]
    [InlineData("a = \"b\nc = 1", "1:5: this quote is not closed on its line.")]
    [InlineData("a = \"\"\"b\nc = 1\"", "1:5: this \"\"\" is not closed. Add the second one.")]
    [InlineData("a = \"C:\\data\"", "1:8: there is no such escape. Write \\\\ for a backslash.")]
    [InlineData("a = \"\\u12g4\"", "1:6: there is no such escape.")]
    [InlineData("a = ${b.c}", "1:5: ${b.c} is not supported. Write the value itself.")]
    [InlineData("a = x ${?b}", "1:7: ${?b} is not supported.")]
    [InlineData("include \"b.conf\"", "1:1: include is not supported. Write the settings here.")]
    [InlineData("a += b", "1:1: += is not supported. Write the whole list after '='.")]
    public void Wrong_text_is_refused_with_place_and_remedy(string text, string expected)
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Raft.ParseHocon(text, "node2.conf"));

        Assert.StartsWith($"node2.conf:{expected}", problem.Message);
        Assert.DoesNotContain('\n', problem.Message);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("{a=")]
    [InlineData("a{")]
    [InlineData("a.")]
    public void Deep_nesting_is_refused_before_the_stack_overflows(string level)
    {
        var text = "a=" + string.Concat(Enumerable.Repeat(level, 100_000));
        var problem = Assert.Throws<RaftConfigurationException>(() => Raft.ParseHocon(level[0] is '[' or '{' ? text : text[2..]));

        Assert.Contains("this is nested 65 levels deep; 64 are supported.", problem.Message);
    }

    [Fact]
    public void Text_over_a_mebi_of_characters_is_refused()
    {
        var problem = Assert.Throws<RaftConfigurationException>(() => Raft.ParseHocon(new string(' ', 1048577)));

        Assert.Equal("HOCON: the text has 1048577 characters; it may have 1048576. Set fewer keys.", problem.Message);
    }

    [Theory]
    [InlineData("a = b # c", "b")]
    [InlineData("a = b c\r\nd = 1", "b c")]
    [InlineData("a=\"x@y\"", "x@y")]
    [InlineData("{ a : b }", "b")]
    [InlineData("a = \"\"\"x \"@\" y\"\"\"", "x \"@\" y")]
    [InlineData("z { y = 1, x = [1, [2, 3]] }\na = { b = 1 }, a = b", "b")]
    [InlineData("a // c\n= b #", "b")]
    [InlineData("a = /var/lib/x-1.5%+(y)", "/var/lib/x-1.5%+(y)")]
    [InlineData("a = \"\\u0041\\\\\\t\\\"\"", "A\\\t\"")]
    public void Text_is_read(string text, string expected) => Assert.Equal(expected, Raft.ParseHocon(text).GetString("a"));

    [Fact]
    public void Quoted_and_dotted_keys_are_read()
    {
        var read = Raft.ParseHocon("a.\"b c\" . d = [\"x@y\"\n z,]\na e { f = 1 } ");

        Assert.Equal(["x@y", "z"], read.GetStringList("a.\"b c\".d"));
        Assert.Equal(1, read.GetInt("a e.f"));
    }

    [Theory]
    [MemberData(nameof(ReferenceTexts))]
    public void Reference_texts_are_read_as_by_Akka(string text) =>
        Assert.Equal(ConfigurationFactory.ParseString(text).ToString(), Raft.ParseHocon(text).ToString());

    private static string ReadResource(Assembly assembly, string name)
    {
        // Akka.NET's own texts have two substitutions, which are refused here.
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!); // Justification: it was just listed.
        return Substitution().Replace(reader.ReadToEnd(), "none");
    }

    [GeneratedRegex(@"\$\{[^}]*\}")]
    private static partial Regex Substitution();
}
