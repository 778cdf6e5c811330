namespace RaftActors.Tests.Model;

public sealed class OutcomeTests
{
    private static readonly RequestRef Request = new(new ProcessName("raft1@node1"), Incarnation.None, 7);

    [Fact]
    public void Outcome_that_is_done_is_returned_by_OrThrow_with_its_result()
    {
        Outcome<int> outcome = new() { Serial = new Serial(3), Result = 42, Request = Request };

        var done = outcome.OrThrow();

        Assert.Equal((new Serial(3), 42, 42, true), (done.Serial, done.Result, done.ResultOr(7), done.HasResult));
        Assert.Equal($"Outcome {{ Serial = 3, Result = 42, Request = {Request} }}", $"{outcome}");
    }

    [Fact]
    public void Outcome_without_a_result_says_so_and_takes_that_of_the_caller()
    {
        Outcome<int> done = new() { Serial = new Serial(3), Request = Request };

        Assert.False(done.OrThrow().HasResult);
        Assert.Equal(7, done.ResultOr(7));
        Assert.Contains("is done, and has no result", Assert.Throws<InvalidOperationException>(() => done.Result).Message);
        Assert.Equal($"Outcome {{ Serial = 3, no result, Request = {Request} }}", $"{done}");
        Assert.Equal(new Outcome<string> { Serial = new Serial(3), Request = Request }, ((IOutcome)done).As<string>());
    }

    [Fact]
    public void Outcome_of_a_call_without_a_ref_shows_none()
    {
        Outcome<int> done = new() { Serial = new Serial(3) };

        Assert.StartsWith("The call is done, and has", Assert.Throws<InvalidOperationException>(() => done.Result).Message);
        Assert.Equal("Outcome { Serial = 3, no result }", $"{done}");
    }

    [Theory]
    [InlineData(FailureKind.NotDone, "Not done (DiskFull): make room on it")]
    [InlineData(FailureKind.Unknown, "Unknown (DiskFull): make room on it")]
    public void Failure_is_thrown_by_OrThrow_and_for_the_result(FailureKind kind, string text)
    {
        RaftFailure failure = new(kind, FailureReason.DiskFull, "make room on it");
        Outcome<int> outcome = new() { Failure = failure, Request = Request };

        Assert.Equal(failure, Assert.Throws<RaftException>(outcome.OrThrow).Failure);
        Assert.Equal(text, Assert.Throws<RaftException>(() => outcome.Result).Message);
        Assert.Equal(7, outcome.ResultOr(7));
        Assert.Equal(text, $"{failure}");
        Assert.Contains("make room on it", JsonSerializer.Serialize(outcome));
    }
}
