namespace RaftActors.Tests.Model;

public sealed class OutcomeTests
{
    private static readonly RequestRef Request = new(new ProcessName("raft1@node1"), Incarnation.None, 7);

    [Fact]
    public void Outcome_that_is_done_is_returned_by_OrThrow_with_its_result()
    {
        Outcome<int> outcome = new Outcome<int>.Done(new Serial(3), 42, Request);

        var done = outcome.OrThrow();

        Assert.True(done.TryGetResult(out var result));
        Assert.Equal((new Serial(3), 42, 42), (done.Serial, result, done.ResultOr(7)));
        Assert.Equal($"Done {{ Serial = 3, Result = 42, Request = {Request} }}", $"{outcome}");
    }

    [Fact]
    public void Outcome_without_a_result_says_so_and_takes_that_of_the_caller()
    {
        var done = Outcome<int>.Done.WithoutResult(new Serial(3), Request);

        Assert.False(done.TryGetResult(out _));
        Assert.Equal(7, done.ResultOr(7));
        Assert.Equal($"Done {{ Serial = 3, no result, Request = {Request} }}", $"{done}");
    }

    [Fact]
    public void Outcome_that_is_not_committed_is_thrown_with_its_reason_and_detail()
    {
        Outcome<int> outcome = new Outcome<int>.NotCommitted(NotCommittedReason.DiskFull, "make room on it", Request);

        var problem = Assert.Throws<RaftNotCommittedException>(outcome.OrThrow);

        Assert.Equal(NotCommittedReason.DiskFull, problem.Reason);
        Assert.Equal($"Request {Request} is not committed (DiskFull): make room on it", problem.Message);
    }

    [Fact]
    public void Outcome_that_is_unknown_is_thrown_with_its_reason_and_a_warning()
    {
        Outcome<int> outcome = new Outcome<int>.Unknown(UnknownReason.TimedOut, Request);

        RaftException problem = Assert.Throws<RaftUnknownOutcomeException>(outcome.OrThrow);

        Assert.Contains("is unknown (TimedOut): it may be committed now, later or never.", problem.Message);
    }

    [Fact]
    public void Match_calls_the_function_of_the_case()
    {
        Outcome<int>[] outcomes =
        [
            new Outcome<int>.Done(new Serial(3), 42),
            new Outcome<int>.NotCommitted(NotCommittedReason.Busy, "later"),
            new Outcome<int>.Unknown(UnknownReason.Forgotten),
        ];

        var texts = outcomes.Select(each => each.Match(done => $"{done.ResultOr(7)}", refused => refused.Detail, lost => $"{lost.Reason}"));

        Assert.Equal(["42", "later", "Forgotten"], texts);
    }
}
