namespace RaftActors.Core.Tests.Paper;

/// <summary>Rules of §5.1 and §5.2 that Figure 2 does not contain, and the thesis on disruptive servers (§4.2.3).</summary>
public sealed class ElectionTests
{
    /// <summary>The candidate asks each process once in a term. Otherwise both would wait for an election timeout.</summary>
    [Fact]
    public void Vote_that_was_refused_for_the_leaders_sake_is_given_when_a_later_term_ends_that_leader()
    {
        var lab = new Lab([1]);
        lab.Append(Raft3, 1, At(1), []);
        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));
        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);

        lab.Receive(Raft2, 2, new Message.RequestVoteReply(Granted: false, IsPreVote: true));

        Assert.Equal([false, true], lab.SentTo<Message.RequestVoteReply>(Raft2).Select(reply => reply.Granted));
        Assert.Equal(new Term(2), lab.Core.Term);
    }

    [Fact]
    public void A_vote_is_given_once_in_a_term_and_again_to_the_same_candidate() // 2, §5.2
    {
        var lab = new Lab([1]);

        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));
        lab.Receive(Raft3, 2, new Message.RequestVote(At(1), IsPreVote: false));
        lab.Receive(Raft2, 2, new Message.RequestVote(At(1), IsPreVote: false));

        Assert.All(lab.SentTo<Message.RequestVoteReply>(Raft2), reply => Assert.True(reply.Granted));
        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft3)).Granted);
    }

    [Fact]
    public void Election_timeouts_are_drawn_from_the_whole_interval() // §5.2
    {
        Lab WithSeed(int seed) => new([1], with: options => options with { Seed = (ulong)seed });
        var timeouts = Enumerable.Range(1, 300).Select(seed => WithSeed(seed).TicksUntilTimeOut()).ToList();

        Assert.Equal((20, 40), (timeouts.Min(), timeouts.Max()));
        Assert.Equal(21, timeouts.Distinct().Count());
    }

    [Fact]
    public void A_candidate_that_cannot_win_does_not_delay_another_campaign() // Figure 2, followers
    {
        var lab = new Lab([1, 1]);

        for (var term = 2; term <= 6; term++)
        {
            lab.Tick(10);
            lab.Receive(Raft2, term, new Message.RequestVote(At(1), IsPreVote: false));
        }

        Assert.Contains(lab.SentTo<Message.RequestVote>(Raft3), request => request.IsPreVote);
    }

    [Fact]
    public void A_pre_vote_is_refused_to_an_older_log() // thesis §9.6
    {
        var lab = new Lab([1, 2]);

        lab.Receive(Raft2, 3, new Message.RequestVote(At(1, 1, 1), IsPreVote: true));

        Assert.False(Assert.Single(lab.SentTo<Message.RequestVoteReply>(Raft2)).Granted);
    }
}
