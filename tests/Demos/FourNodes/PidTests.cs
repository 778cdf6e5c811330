namespace FourNodes.Tests;

public sealed class PidTests
{
    [Theory]
    [InlineData("raft1@node1@localhost", "<1B30E9C5.0.1008>")]
    [InlineData("raft2@node2@localhost", "<08151198.0.1008>")]
    [InlineData("raft3@node3@localhost", "<9FF54552.0.1008>")]
    [InlineData("raft4@node4@localhost", "<2E5EE122.0.1008>")]
    public void Process_is_printed_with_the_checksum_of_its_node(string name, string printed) =>
        Assert.Equal(printed, Pid.Of(new ProcessName(name)));

    [Fact]
    public void Request_is_printed_with_its_node_its_number_and_its_store()
    {
        var incarnation = new Incarnation(new Guid(23452, 0, 0, new byte[8]));

        Assert.Equal(
            "Ref#<1B30E9C5.138519.23452.2>",
            Pid.Of(new RequestRef(new ProcessName("raft1@node1@localhost"), incarnation, (2L << 32) + 138519)));
    }
}
