namespace RaftActors.Cli.Tests;

/// <summary>Parsing and conversion of server names.</summary>
public sealed class ServerIdTests
{
    [Theory]
    [InlineData(":9990", ":9990")]
    [InlineData("9990", ":9990")]
    [InlineData("localhost:9990", ":9990")]
    [InlineData("LOCALHOST:9990", ":9990")]
    [InlineData("127.0.0.1:9990", ":9990")]
    [InlineData("Host-1.Example.org:9990", "host-1.example.org:9990")]
    [InlineData("10.0.0.7:65535", "10.0.0.7:65535")]
    public void Each_server_has_one_canonical_name(string text, string id)
    {
        Assert.True(ServerId.TryParse(text, out var read));
        Assert.Equal(id, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData(":0")]
    [InlineData(":99999")]
    [InlineData(":-1")]
    [InlineData(":+1")]
    [InlineData(": 9990")]
    [InlineData("a b")]
    [InlineData("a b:9990")]
    [InlineData("a@b:9990")]
    [InlineData("http://host:9990")]
    [InlineData("::1:9990")]
    public void Malformed_address_is_refused(string text) => Assert.False(ServerId.TryParse(text, out _));

    [Fact]
    public void Name_gives_the_address_the_process_and_the_folder()
    {
        var here = new ServerId("", 9990);
        Assert.Equal(("127.0.0.1", "_9990", new ProcessName("raft@:9990")), (here.Hostname, here.AgentId, here.Process));
        var there = new ServerId("host", 1);
        Assert.Equal(("host", "host_1", there), (there.Hostname, there.AgentId, ServerId.Of(there.Process)));
    }

    [Fact]
    public void Process_names_in_engine_texts_become_server_names() =>
        Assert.Equal(":9993 is not in the roster", ServerId.Show("raft@:9993 is not in the roster"));
}
