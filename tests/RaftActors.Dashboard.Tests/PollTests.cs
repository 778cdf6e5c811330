namespace RaftActors.Dashboard.Tests;

/// <summary>A question that is asked again and again.</summary>
public sealed class PollTests
{
    [Fact]
    public async Task Question_that_fails_in_any_way_keeps_the_answer_and_says_why()
    {
        Poll<string> poll = new();
        await poll.AskAsync(_ => Task.FromResult("yes"));

        await poll.AskAsync(_ => Task.FromException<string>(new InvalidOperationException("It is no answer.")));
        Assert.Equal(new("yes", "It is no answer."), poll.Latest);

        await poll.AskAsync(_ => Task.FromResult("no"));
        Assert.Equal(new("no", null), poll.Latest);
    }

    [Fact]
    public async Task Question_without_an_answer_in_time_keeps_the_answer_and_says_so()
    {
        Poll<string> poll = new();
        await poll.AskAsync(_ => Task.FromResult("yes"));

        await poll.AskAsync(_ => Task.FromException<string>(new OperationCanceledException()));

        Assert.Equal(new("yes", "No process answered within 3 s."), poll.Latest);
    }
}
