using RaftTrials.Servers;

namespace RaftActors.Core.Tests;

/// <summary>How the trials read the answer of <c>raft explain</c>.</summary>
public sealed class ExplainLinesTests
{
    private static readonly Member Voter = new(new ProcessName("raft@:9990"), new Incarnation(Guid.NewGuid()));
    private static readonly Member Learner = new(new ProcessName("raft@:9991"), new Incarnation(Guid.NewGuid()));

    private static readonly Configuration AllVoters = new(new GroupUid(Guid.NewGuid()), 1, [Voter], [], [], []);

    [Fact]
    public void All_vote_if_the_configuration_has_no_learner() => Assert.True(ExplainLines.AllVote([$"{AllVoters}"]));

    [Fact]
    public void Learner_does_not_vote() => Assert.False(ExplainLines.AllVote([$"{AllVoters with { Learners = [Learner] }}"]));

    [Fact]
    public void Server_whose_earlier_incarnation_votes_does_not_vote() =>
        Assert.False(ExplainLines.AllVote([$"{AllVoters}", $"about the members: {Explain.OtherIncarnation(Voter)}"]));

    [Fact]
    public void Answer_without_a_configuration_shows_no_voter() => Assert.False(ExplainLines.AllVote(["the server has stopped"]));
}
