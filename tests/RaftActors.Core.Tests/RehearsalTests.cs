namespace RaftActors.Core.Tests;

public sealed class RehearsalTests
{
    [Fact]
    public void The_second_leader_of_the_rehearsal_commits_pairs() =>
        Assert.Equal((new Term(2), new LogIndex(22)), Rehearsal.PlayOnce());
}
