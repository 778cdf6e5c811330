namespace RaftActors.Tests.Engine;

public sealed class GetServersTests
{
    private static readonly ProcessName Asker = Name("raft9");

    [Theory]
    [InlineData(1, "raft1 raft2 raft3")] // raft1 has least of those that have it
    [InlineData(2, "raft2 raft3 raft1")] // equal ones by name; who did not have it at founding comes last
    [InlineData(4, "raft2 raft3 raft1")]
    [InlineData(5, "raft3 raft1 raft2")] // nobody had it at founding: the leader first
    public void Servers_are_tried_from_the_one_that_had_least_but_enough_at_founding(long serial, string expected) =>
        Assert.Equal(expected, Order(serial, Asker, ("raft1", 1), ("raft2", 4), ("raft3", 4)));

    [Fact]
    public void Fewer_founding_pairs_count_more_than_a_lower_name() =>
        Assert.Equal("raft2 raft1 raft3", Order(1, Asker, ("raft1", 4), ("raft2", 1), ("raft3", 4)));

    [Fact]
    public void Process_does_not_ask_itself() =>
        Assert.Equal("raft2 raft3", Order(1, Name("raft1"), ("raft1", 1), ("raft2", 4), ("raft3", 4)));

    private static string Order(long serial, ProcessName self, params (string Name, long Serial)[] founding)
    {
        var members = founding.Select(each => new Member(Name(each.Name), Incarnation.None)).ToImmutableArray();
        var configuration = new Configuration(
            GroupUid.None,
            members.Length,
            members,
            [],
            [],
            [.. founding.Select(each => new FoundingSerial(Name(each.Name), new Serial(each.Serial)))]);
        var quorum = new QuorumView(members, IsMember: false, configuration);
        var leader = new LeaderView(members[2], new Term(1), new Serial(4), IsSelf: false, IsReady: true);

        return string.Join(' ', OwnGets.ServersInOrder(quorum, leader, self, new Serial(serial)).Select(name => name.Process));
    }

    private static ProcessName Name(string process) => new($"{process}@node@localhost");
}
