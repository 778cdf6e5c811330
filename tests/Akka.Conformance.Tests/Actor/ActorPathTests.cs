using System.Net;
using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class ActorPathTests
{
    private static readonly ActorPath Root = new RootActorPath(new Address("akka.tcp", "mysys"));

    [Theory]
    [InlineData("akka://mysys/user/foo")]
    [InlineData("akka://mysys/user/foo#12345")]
    [InlineData("akka://mysys/")]
    [InlineData("akka.tcp://sys@host:1234/some/ref")]
    [InlineData("akka.tcp://sys@host.domain.com:1234/some/ref#7")]
    [InlineData("akka://sys@host:1234/some/ref")]
    public void Text_of_a_path_is_written_as_it_was_read(string text)
    {
        var path = ActorPath.Parse(text);

        Assert.Equal(text, path.ToSerializationFormat());
        Assert.Equal(text.Split('#')[0], path.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("://hallo")]
    [InlineData("s://dd@;n:4")]
    [InlineData("s://dd@h:hd")]
    [InlineData("a://l:1/b")]
    [InlineData("akka:/")]
    public void Text_of_another_form_is_no_path(string text)
    {
        Assert.False(ActorPath.TryParse(text, out _));
        Assert.Throws<UriFormatException>(() => ActorPath.Parse(text));
    }

    [Fact]
    public void Name_may_have_a_megabyte()
    {
        var name = new string('a', 1 << 20);

        Assert.Equal(name, ActorPath.Parse($"akka://sys@host.domain.com:1234/some/ref/{name}").Name);
    }

    [Theory]
    [InlineData("", "/")]
    [InlineData("user", "/user")]
    [InlineData("user/foo/bar", "/user/foo/bar")]
    public void Path_is_written_with_its_own_or_another_address_or_with_none(string names, string path)
    {
        var local = Root / names.Split('/');
        var outside = new Address("akka.tcp", "mysys", "aaa", 2552);
        var remote = new RootActorPath(outside) / names.Split('/');

        Assert.Equal($"akka.tcp://mysys{path}", local.ToString());
        Assert.Equal(path, local.ToStringWithoutAddress());
        Assert.Equal($"akka.tcp://mysys@aaa:2552{path}", local.ToStringWithAddress(outside));
        Assert.Equal($"akka.tcp://mysys@aaa:2552{path}", remote.ToStringWithAddress(new Address("akka.tcp", "mysys", "bb", 1)));
    }

    [Fact]
    public void Names_are_appended_to_a_path()
    {
        Assert.True(ActorPath.TryParse(Root, "/", out var same));
        Assert.True(ActorPath.TryParse(Root, "/abc/def", out var path));
        Assert.True(ActorPath.TryParse(path, "/ghi", out var longer));

        Assert.Equal(Root, same);
        Assert.Equal("akka.tcp://mysys/abc/def", path.ToString());
        Assert.Equal("akka.tcp://mysys/abc/def/ghi", longer.ToString());
    }

    [Fact]
    public void Elements_are_the_names_from_the_root()
    {
        Assert.Equal(["user", "foo", "bar"], (Root / "user" / "foo" / "bar").Elements);
        Assert.Equal(Root / "user", (Root / "user" / "foo").Parent);
    }

    [Fact]
    public void Paths_are_equal_when_address_and_names_are_equal()
    {
        var path = ActorPath.Parse("akka.tcp://remote@localhost:8080/user");

        Assert.Equal(path, ActorPath.Parse("akka.tcp://remote@localhost:8080/user"));
        Assert.NotEqual(path, ActorPath.Parse("akka://remote/user"));
        Assert.Equal(path / "a#1", path / "a#2");
    }

    [Theory]
    [InlineData("$NamesMayNotStartWithDollar", false)]
    [InlineData("NamesMayContain$Dollar", true)]
    [InlineData("-$NamesMayContain", true)]
    [InlineData("(42)", true)]
    [InlineData("%32", true)]
    [InlineData("akka.tcp%3a%2f%2fRemoteSystem%40localhost%3a22760-1", true)]
    [InlineData("SomeCharacters;::@&=+,.!~*'_", true)]
    [InlineData("/NamesMayNotStartWithSlash", false)]
    [InlineData("NamesMayNotContain/Slash", false)]
    [InlineData("EscapingWithOtherNumberCharacters-%\u2167\u2153", false)]
    public void Name_is_valid_or_not(string name, bool isValid) => Assert.Equal(isValid, ActorPath.IsValidPathElement(name));

    [Fact]
    public void Valid_characters_are_ASCII_letters_digits_and_some_signs()
    {
        for (var code = 0; code < 2048; code++)
        {
            var character = (char)code;
            var isValid = char.IsAsciiLetterOrDigit(character) || "\"-_.*+:@&=,!~';()".Contains(character);

            Assert.Equal(isValid, ActorPath.IsValidPathElement($"{character}"));
            Assert.Equal(isValid, ActorPath.IsValidPathElement($"{character}$"));
        }
    }

    [Theory]
    [InlineData("$EncodedDollarAtTheStart")]
    [InlineData("\u00ceternational\u00c5\u00c4\u00d6")]
    [InlineData("Reserved:;/?:@&=+$,")]
    [InlineData("Using parenthesis(4711)")]
    public void Text_encoded_as_a_url_is_a_valid_name(string text) =>
        Assert.True(ActorPath.IsValidPathElement(WebUtility.UrlEncode(text)));
}
