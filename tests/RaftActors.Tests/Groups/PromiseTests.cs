namespace RaftActors.Tests.Groups;

/// <summary>
/// raft1 promises its leader to help no other process to lead, for the shortest election timeout from each heartbeat on. The leader's lease
/// rests on it. The test plays the leader, raft2, and the candidate, raft3.
/// </summary>
public sealed class PromiseTests : VirtualGroupTest
{
    /// <summary>The shortest election timeout by default.</summary>
    private const int PromisedTicks = 20;

    private static readonly Member Leader = VirtualGroup.MemberOf("raft2", 2);
    private static readonly Member Candidate = VirtualGroup.MemberOf("raft3", 3);

    private readonly TestProbe _others;
    private readonly Member _raft1;
    private readonly LogEntry _founding;
    private readonly LogPosition _end;

    public PromiseTests()
    {
        _others = CreateTestProbe();
        Group.Start("raft1", 0);
        _raft1 = new Member(new ProcessName("raft1@node1"), Group.Stores["raft1"].Recovered!.Incarnation);
        var configuration = new Configuration(new GroupUid(Guid.NewGuid()), 3, [_raft1, Leader, Candidate], [], [], []);
        _founding = new LogEntry(new LogIndex(1), new Term(1), Serial.Zero, new Payload.Reconfigure(configuration));
        _end = default(LogPosition).After(LogSlice.Of([_founding]));
        foreach (var member in new[] { Leader, Candidate })
        {
            Say(member, 0, new Message.Greeting(default, _raft1.Incarnation, IsReply: true));
        }

        Say(Leader, 1, new Message.AppendEntries(default, LogSlice.Of([_founding]), _founding.Index, Serial.Zero));
    }

    [Fact]
    public void Promise_to_a_leader_begins_when_its_heartbeat_comes_however_long_the_engine_rested_before()
    {
        Say(Leader, 1, new Message.AppendEntries(_end, default, _founding.Index, Serial.Zero));
        Group.Advance(9); // An engine that hears its leader does nothing in this time.
        Say(Leader, 1, new Message.AppendEntries(_end, default, _founding.Index, Serial.Zero));

        Group.Advance(PromisedTicks - 1);
        Assert.False(IsHelped());
        Group.Advance();
        Assert.True(IsHelped());
    }

    private bool IsHelped()
    {
        // With a longer log than raft1's, since raft1 may campaign too once its promise is over.
        Say(Candidate, 2, new Message.RequestVote(_end with { Index = _end.Index.Next }, IsPreVote: true));
        return Assert.IsType<Message.RequestVoteReply>(((WireMessage.CoreMessage)_others.FishForMessage(
            message => message is WireMessage.CoreMessage { Envelope.Body: Message.RequestVoteReply })).Envelope.Body).Granted;
    }

    private void Say(Member from, long term, Message body)
    {
        var envelope = new RaftActors.Core.Envelope(from, _raft1, GroupUid.None, new Term(term), default, body);
        Group.EngineOf("raft1").Tell(new WireMessage.CoreMessage(envelope), _others);
        Group.AwaitIdle();
    }
}
