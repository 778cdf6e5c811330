namespace RaftActors.Cli.Tests.Server;

/// <summary>The log messages about raft events.</summary>
public sealed class EventMessagesTests
{
    private static readonly ProcessName Self = new("raft@:9990");
    private static readonly ProcessName Other = new("raft@:9991");

    private readonly EventMessages _messages = new(ServerSettings.Of(":9990,:9991", data: "/data"));

    [Fact]
    public void Each_change_of_an_election_is_reported_once_with_its_term()
    {
        var told = Tell(
            new RaftEvent.PeerChanged("raft", Self, Other, isReachable: true),
            Role(RaftRole.PreCandidate, 1),
            Role(RaftRole.Follower, 1),
            Role(RaftRole.PreCandidate, 1),
            Role(RaftRole.Candidate, 2),
            new RaftEvent.RoleChanged("raft", Self, RaftRole.Leader, 2, [Self, Other]),
            Leader(Self, 2),
            new RaftEvent.PeerChanged("raft", Self, Other, isReachable: false),
            Role(RaftRole.Follower, 3),
            Leader(null, 3),
            Leader(Other, 3),
            Role(RaftRole.Follower, 4),
            Leader(null, 4));

        Assert.Equal(
            [
                ":9991 is in reach",
                "hears no leader in term 1: starts a pre-vote",
                "candidate in term 2",
                "elected leader in term 2 by :9990, :9991",
                ":9991 is out of reach",
                "follower in term 3",
                ":9991 leads in term 3",
                "no leader is known in term 4",
            ],
            told);
    }

    [Fact]
    public void Removed_server_does_not_report_the_loss_of_its_leader()
    {
        var told = Tell(
            Leader(Other, 1),
            new RaftEvent.Removed("raft", Self),
            Leader(null, 1),
            Leader(Other, 2),
            new RaftEvent.MembersChanged("raft", Self, new LogIndex(7), [new GroupMember(Self, true), new GroupMember(Other, true)]),
            Leader(null, 3));

        Assert.Equal([":9991 leads in term 1", ":9991 leads in term 2", "no leader is known in term 3"], told);
    }

    [Fact]
    public void Change_of_the_voters_is_reported_with_its_reason_and_other_decisions_are_not()
    {
        const string Reason = "raft@:9991#01 takes the place of raft@:9992#02, which was not heard for 1000 ticks";
        var decided = new RaftEvent.MembersDecided("raft", Self, new LogIndex(7), [Other], [new("raft@:9992")], Reason);

        var told = Tell(decided, new RaftEvent.MembersDecided("raft", Self, new LogIndex(7), [], [], "raft@:9993 joins"));

        Assert.Equal(["changes the voters: :9991#01 takes the place of :9992#02, which was not heard for 1000 ticks"], told);
    }

    [Theory]
    [InlineData(nameof(RefusalReason.NotInRoster), "-c")]
    [InlineData(nameof(RefusalReason.OtherGroup), "move their data directories away")]
    [InlineData(nameof(RefusalReason.OtherIncarnation), "rejoins as a learner")]
    [InlineData(nameof(RefusalReason.Fenced), "It rejoins by itself")]
    [InlineData(nameof(RefusalReason.Diverged), "the logs of :9990 differ")]
    [InlineData(nameof(RefusalReason.Disputed), "reports that the logs of :9990 differ")]
    public void Refusal_is_reported_with_the_remedy(string reason, string remedy)
    {
        var refused = new RaftEvent.Refused("raft", Self, Other, Enum.Parse<RefusalReason>(reason), "the logs of raft@:9990 differ");
        var told = Assert.Single(Tell(refused));
        Assert.StartsWith(":9991 ", told);
        Assert.Contains(remedy, told);
        Assert.DoesNotContain("raft@", told);
    }

    private static RaftEvent.RoleChanged Role(RaftRole role, long term) => new("raft", Self, role, term, []);

    private static RaftEvent.LeaderChanged Leader(ProcessName? leader, long term) => new("raft", Self, leader, term);

    private List<string> Tell(params RaftEvent[] happened) => [.. happened.Select(_messages.Of).OfType<string>()];
}
