namespace RaftActors.Tests.Engine;

public sealed class AppendTracesTests : TestKit
{
    private static readonly ActivityContext Parent = new(
        ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);

    [Fact]
    public void Client_traces_its_own_append_and_no_other_request()
    {
        var bench = new Bench(this);
        var traces = bench.Traces;
        var call = new ClientCall.Append(ClientSession.New(), 1, "key", default, TimeSpan.FromSeconds(1), IsRetry: false, Parent: Parent);
        var other = bench.Process.NewRequest().Id;

        traces.Receive(call);

        Assert.IsType<WireMessage.Traced>(traces.Attach(new WireMessage.AppendRequest(call.Request, "key", default)));
        Assert.IsType<WireMessage.AppendRequest>(traces.Attach(new WireMessage.AppendRequest(other, "key", default)));
    }
}
