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
}
