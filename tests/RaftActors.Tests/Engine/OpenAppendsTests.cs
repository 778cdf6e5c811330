namespace RaftActors.Tests.Engine;

/// <summary>A client that sends an Append again waits for the answer by one connection, and not by that of an earlier attempt.</summary>
public sealed class OpenAppendsTests : TestKit
{
    private static readonly RequestRef Request = new(new ProcessName("client@*"), new Incarnation(new Guid(1, 0, 0, new byte[8])), 1);

    private readonly OpenAppends _appends;

    public OpenAppendsTests() => _appends = new Bench(this).Context.Process.Appends;

    [Fact]
    public void Attempt_that_comes_after_a_later_one_does_not_take_its_answer()
    {
        var (direct, forwarded) = (CreateTestProbe(), CreateTestProbe());
        _appends.Add(Request, direct, OutcomeMaker<int>.Instance, sizeOfClient: 8);

        Assert.True(_appends.TryRedirect(Request, forwarded));
        _appends.Complete(Request, new Serial(7), 42, TestActor);

        Assert.Equal(42, direct.ExpectMsg<Outcome<int>>().Result);
        Assert.Equal(42, forwarded.ExpectMsg<Outcome<int>>().Result);
    }

    [Fact]
    public void Attempt_by_a_connection_that_has_sent_the_append_before_gets_one_answer()
    {
        var (first, second) = (CreateTestProbe(), CreateTestProbe());
        _appends.Add(Request, first, OutcomeMaker<int>.Instance, sizeOfClient: 8);

        Assert.True(_appends.TryRedirect(Request, first));
        Assert.True(_appends.TryRedirect(Request, second));
        Assert.True(_appends.TryRedirect(Request, second));
        _appends.Complete(Request, new Serial(7), 42, TestActor);
        first.Ref.Tell("end", TestActor);
        second.Ref.Tell("end", TestActor);

        Assert.Equal(42, first.ExpectMsg<Outcome<int>>().Result);
        Assert.Equal(42, second.ExpectMsg<Outcome<int>>().Result);
        first.ExpectMsg("end");
        second.ExpectMsg("end");
    }
}
