using Akka.Actor;

namespace Akka.Conformance.Tests.Actor;

public sealed class AddressTests
{
    [Fact]
    public void Address_without_a_port_is_written_without_one() =>
        Assert.Equal("akka.tcp://system@host", new Address("akka.tcp", "system", "host").ToString());

    [Fact]
    public void Scheme_of_a_path_is_read_in_any_case_and_kept_in_lower_case()
    {
        var path = ActorPath.Parse("AKKA.Tcp://System@host:2551/user/A");

        Assert.Equal("akka.tcp://System@host:2551/user/A", path.ToString());
        Assert.Equal("akka.tcp", path.Address.Protocol);
    }

    [Fact]
    public void Scheme_of_an_address_is_read_in_any_case_and_kept_in_lower_case()
    {
        Assert.True(Address.TryParse("AKKA.Tcp://System@host:2551", out var address));
        Assert.Equal("akka.tcp://System@host:2551", address.ToString());
    }

    [Theory]
    [InlineData("akka://sys@host:1234/abc/def/", "akka://sys@host:1234", "/abc/def/")]
    [InlineData("akka.tcp://sys@[::1]:1234/abc", "akka.tcp://sys@[::1]:1234", "/abc")]
    [InlineData("akka://sys/abc/def/", "akka://sys", "/abc/def/")]
    [InlineData("akka://host:1234/abc/def/", "akka://host:1234", "/abc/def/")]
    [InlineData("akka://sys@host:1234", "akka://sys@host:1234", "/")]
    [InlineData("akka://sys@host:1234/", "akka://sys@host:1234", "/")]
    public void Text_is_split_into_the_address_and_the_path(string text, string address, string path)
    {
        Assert.True(Address.TryParse(text, out var parsed, out string? rest));
        Assert.Equal((address, path), (parsed.ToString(), rest));
    }

    [Theory]
    [InlineData("akka://sys@host/abc/def/")]
    [InlineData("akka://sys@host:port")]
    [InlineData("http://sys@host:1234")]
    [InlineData("sys@host:1234")]
    public void Text_of_another_form_is_no_address(string text) => Assert.False(Address.TryParse(text, out _));

    [Theory]
    [InlineData("akka.tcp://sys@host:1234")]
    [InlineData("akka://sys@host:1234")]
    [InlineData("akka://sys")]
    public void Text_of_an_address_is_parsed_and_another_text_is_refused(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToString());
        Assert.Throws<UriFormatException>(() => Address.Parse("no address"));
    }

    [Fact]
    public void Host_is_kept_in_lower_case() => Assert.Equal("hostname", new Address("akka", "test", "HOSTNAME").Host);
}
