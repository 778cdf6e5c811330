namespace RaftActors.Tests.Network;

/// <summary>The replies to calls that another node has sent.</summary>
public sealed class PeerCallerTests : TestKit
{
    private readonly OutcomeFormat _outcomes;
    private readonly PeerCaller _caller;

    public PeerCallerTests()
        : base(VirtualGroup.Config)
    {
        Raft.Get(Sys);
        _outcomes = new OutcomeFormat((ExtendedActorSystem)Sys);
        var settings = TransportSettings.Read(Sys.Settings.Config.GetConfig("raft")) with { FrameSizeMaxBytes = 4096 };
        var context = Unprotected.ContextOf(this, Address.Parse("akka.tcp://near@127.0.0.1:1"), settings, _ => ActorRefs.Nobody);
        _caller = new PeerCaller(TestActor, Number: 7, FormatRange.Own.Highest, context);
    }

    // The frame has the paths of both sides besides the reply.
    [Theory]
    [InlineData(4097)]
    [InlineData(4050)]
    public void Committed_pair_is_reported_although_its_result_fits_into_no_frame(int length)
    {
        _caller.Tell(new Outcome<string> { Serial = new Serial(3), Result = new string('a', length) }, ActorRefs.Nobody);

        Assert.Equal(new Outcome<object?> { Serial = new Serial(3) }, ExpectReply());
    }

    [Fact]
    public void Result_that_fits_into_a_frame_reaches_the_caller()
    {
        _caller.Tell(new Outcome<string> { Serial = new Serial(3), Result = new string('a', 3000) }, ActorRefs.Nobody);

        Assert.Equal(3000, Assert.IsType<Outcome<string>>(ExpectReply()).Result.Length);
    }

    [Fact]
    public void Failure_whose_text_is_no_Unicode_reaches_the_caller_without_the_text()
    {
        _caller.Tell(RaftFailure.NotDone(FailureReason.Discarded, "half of \ud83d").ToOutcome<string>(), ActorRefs.Nobody);

        var failure = Assert.IsAssignableFrom<IOutcome>(ExpectReply()).Failure!;
        Assert.Equal((FailureKind.NotDone, FailureReason.Discarded), (failure.Kind, failure.Reason));
        Assert.Contains("could not be sent", failure.Detail);
    }

    [Fact]
    public void Caller_of_a_reply_that_cannot_be_written_fails_with_the_reason()
    {
        _caller.Tell(new ClientReply.Declined("half of \ud83d"), ActorRefs.Nobody);

        var failure = Assert.IsType<ClientReply.Failed>(ExpectReply()).Failure;
        Assert.Equal(FailureReason.Invalid, failure.Reason);
        Assert.Contains("The answer could not be sent", failure.Detail);
    }

    // A client that sends its Append again by the same follower waits for the reply to one of two calls, and this node cannot tell which.
    [Fact]
    public void Both_calls_of_a_node_for_one_append_are_answered_and_a_repeated_call_once()
    {
        var appends = new Bench(this).Context.Process.Appends;
        appends.Add(Samples.Ref, _caller, OutcomeMaker<int>.Instance, sizeOfClient: 8);

        Assert.True(appends.TryRedirect(Samples.Ref, _caller with { SizeBytes = 100 }));
        Assert.True(appends.TryRedirect(Samples.Ref, _caller with { Number = 8 }));
        appends.Complete(Samples.Ref, new Serial(3), 42, TestActor);

        Assert.Equal(42, Assert.IsType<Outcome<int>>(ExpectReply()).Result);
        Assert.Equal(42, Assert.IsType<Outcome<int>>(ExpectReply(number: 8)).Result);
        ExpectNoMsg(TimeSpan.Zero);
    }

    private object ExpectReply(long number = 7)
    {
        var reader = ByteReader.OfKept(ExpectMsg<WireMessage.Reply>().Frame);
        Assert.Equal(number, CallFormat.ReadHead(ref reader));
        var reply = _outcomes.ReadReply(ref reader, default);
        reader.End();
        return reply;
    }
}
