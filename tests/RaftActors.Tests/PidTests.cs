using RaftActors.Core;

namespace RaftActors.Tests;

public sealed class PidTests
{
    [Theory]
    [InlineData("raft1@node1@localhost", 1008, "<1B30E9C5.0.1008>")]
    [InlineData("raft2@node2@localhost", 1008, "<08151198.0.1008>")]
    [InlineData("raft3@node3@localhost", 1009, "<9FF54552.0.1009>")]
    [InlineData("raft4@node4@localhost", (3L << 32) + 7, "<2E5EE122.3.7>")]
    public void Pid_prints_the_check_sum_of_its_node_and_both_halves_of_its_number(string name, long number, string printed) =>
        Assert.Equal(printed, new Pid(new ProcessName(name), number).ToString());

    [Fact]
    public void Request_ref_prints_its_node_its_number_and_its_life() =>
        Assert.Equal("Ref#<1B30E9C5.138519.23452.0>", new RequestRef("node1@localhost", 23452, 138519).ToString());

    [Fact]
    public void Request_ref_that_is_not_one_prints_all_the_same() => Assert.Equal("Ref#<00000000.0.0.0>", default(RequestRef).ToString());
}
