using RaftActors.Cli.Server;
using RaftActors.Core;

namespace RaftActors.Cli.Tests.Server;

/// <summary>What a server's log says of its raft process.</summary>
public sealed class EventMessagesTests
{
    private static readonly ProcessName Self = new("raft@:9990");
    private static readonly ProcessName Other = new("raft@:9991");

    private readonly EventMessages _narration;

    public EventMessagesTests()
    {
        Assert.True(ServerSettings.TryMake(":9990,:9991", "9990", null, null, "/data", null, null, false, out var settings, out _));
        _narration = new EventMessages(settings);
    }

    [Fact]
    public void Election_is_told_with_its_term_and_votes_and_each_change_once()
    {
        var told = Tell(
            new RaftEvent.PeerChanged("raft", Self, Other, IsReachable: true),
            new RaftEvent.PeerChanged("raft", Self, Other, IsReachable: true),
            Role(RoleKind.PreCandidate, 1),
            Role(RoleKind.Follower, 1),
            Role(RoleKind.PreCandidate, 1),
            Role(RoleKind.Candidate, 2),
            new RaftEvent.RoleChanged("raft", Self, RoleKind.Leader, new Term(2), [Self, Other]),
            Leader(Self, 2),
            new RaftEvent.PeerChanged("raft", Self, Other, IsReachable: false),
            Role(RoleKind.Follower, 3),
            Leader(null, 3),
            Leader(Other, 3),
            Role(RoleKind.Follower, 4),
            Leader(null, 4));

        Assert.Equal(
            [
                ":9991 is reached",
                "hears no leader in term 1, and asks the others whether they would elect it",
                "candidate in term 2",
                "elected leader in term 2 by :9990 :9991",
                ":9991 cannot be reached any more",
                "leads no more: follower in term 3",
                ":9991 leads in term 3",
                ":9991 leads no more, or is out of reach",
            ],
            told);
    }

    [Fact]
    public void Leader_that_sends_a_removed_server_nothing_is_not_told_to_be_lost()
    {
        var told = Tell(
            Leader(Other, 1),
            new RaftEvent.Removed("raft", Self),
            Leader(null, 1),
            Leader(Other, 2),
            new RaftEvent.MembersChanged("raft", Self, new LogIndex(7), [new GroupMember(Self, true), new GroupMember(Other, true)]),
            Leader(null, 3));

        Assert.Equal([":9991 leads in term 1", ":9991 leads in term 2", ":9991 leads no more, or is out of reach"], told);
    }

    [Theory]
    [InlineData(RefusalReason.NotInRoster, "-c")]
    [InlineData(RefusalReason.OtherGroup, "move their data directories away")]
    [InlineData(RefusalReason.OtherIncarnation, "gives it its vote back")]
    [InlineData(RefusalReason.Fenced, "It rejoins by itself")]
    [InlineData(RefusalReason.Diverged, "the logs of :9990 differ")]
    [InlineData(RefusalReason.Disputed, "reports that the logs of :9990 differ")]
    public void Refusal_is_told_once_and_with_what_to_do(RefusalReason reason, string remedy)
    {
        var refused = new RaftEvent.Refused("raft", Self, Other, reason, "the logs of raft@:9990 differ");
        var told = Assert.Single(Tell(refused, refused));
        Assert.StartsWith(":9991 ", told);
        Assert.Contains(remedy, told);
        Assert.DoesNotContain("raft@", told);
    }

    private static RaftEvent.RoleChanged Role(RoleKind role, long term) => new("raft", Self, role, new Term(term), []);

    private static RaftEvent.LeaderChanged Leader(ProcessName? leader, long term) => new("raft", Self, leader, new Term(term));

    private List<string> Tell(params RaftEvent[] happened) => [.. happened.SelectMany(_narration.Tell)];
}
