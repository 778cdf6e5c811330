using Akka.Actor;

namespace Akka.Embedded.Tests.Actor;

public sealed class ActorPathTests
{
    [Theory]
    [InlineData("akka://sys/user/a")]
    [InlineData("akka.tcp://sys@host:4711/user/a/b")]
    [InlineData("akka.tcp://sys@[::1]:4711/user/a")]
    [InlineData("akka://sys/user/a#42")]
    public void Path_text_survives_reading_and_writing(string text)
    {
        Assert.Equal(text, ActorPath.Parse(text).ToSerializationFormat());
    }

    [Theory]
    [InlineData("")]
    [InlineData("/user/a")]
    [InlineData("http://sys/user")]
    [InlineData("akka://")]
    [InlineData("akka.tcp://sys@host/user")]
    [InlineData("akka.tcp://sys@host:99999/user")]
    [InlineData("akka://sys/user/a#x")]
    public void Text_other_than_an_absolute_path_is_refused(string text)
    {
        Assert.False(ActorPath.TryParse(text, out _));
    }

    [Fact]
    public void Texts_of_a_path_show_address_and_uid_as_asked()
    {
        var path = new RootActorPath(new Address("akka", "sys")) / "user" / "a#42";
        var outside = new Address("akka.tcp", "sys", "host", 1);

        Assert.Equal("akka://sys/user/a", path.ToString());
        Assert.Equal("/user/a", path.ToStringWithoutAddress());
        Assert.Equal("akka://sys/user/a#42", path.ToStringWithUid());
        Assert.Equal("akka.tcp://sys@host:1/user/a", path.ToStringWithAddress(outside));
        Assert.Equal("akka.tcp://sys@host:1/user/a#42", path.ToSerializationFormatWithAddress(outside));
        Assert.Equal(["user", "a"], path.Elements);
    }

    [Fact]
    public void Path_with_a_global_address_keeps_it()
    {
        var path = ActorPath.Parse("akka.tcp://sys@far:2/user/a");

        Assert.Equal("akka.tcp://sys@far:2/user/a", path.ToStringWithAddress(new Address("akka.tcp", "sys", "near", 1)));
    }

    [Fact]
    public void Paths_are_equal_whatever_their_uids_and_references_are_not()
    {
        var first = ActorPath.Parse("akka://sys/user/a#1");

        Assert.Equal(first, ActorPath.Parse("akka://sys/user/a#2"));
        Assert.Equal(first.GetHashCode(), ActorPath.Parse("akka://sys/user/a#2").GetHashCode());
        Assert.NotEqual(first, ActorPath.Parse("akka://sys/user/b#1"));
        Assert.NotEqual(first, ActorPath.Parse("akka://other/user/a#1"));
    }

    [Theory]
    [InlineData("akka://sys")]
    [InlineData("akka.tcp://sys@host:1")]
    public void Address_text_survives_reading_and_writing(string text)
    {
        Assert.Equal(text, Address.Parse(text).ToString());
    }

    [Fact]
    public void Host_names_of_addresses_compare_in_lower_case()
    {
        Assert.Equal(new Address("akka.tcp", "sys", "HOST", 1), new Address("akka.tcp", "sys", "host", 1));
    }

    [Fact]
    public void Addresses_are_ordered_by_system_host_and_port()
    {
        Address[] ordered =
        [
            new("akka.tcp", "a", "z", 9), new("akka.tcp", "b", "a", 2), new("akka.tcp", "b", "a", 10), new("akka.tcp", "b", "b", 1),
        ];

        Assert.Equal(ordered, ordered.Reverse().Order());
    }
}
