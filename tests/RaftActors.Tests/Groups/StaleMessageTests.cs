namespace RaftActors.Tests.Groups;

/// <summary>A delayed message of raft4's earlier boot reaches raft1, the leader. raft4 is a learner and never campaigns.</summary>
public sealed class StaleMessageTests : TestKit
{
    private static readonly Config Four = ConfigurationFactory.ParseString(
        """
        raft.group = default
        raft.roster = ["raft1@node1", "raft2@node1", "raft3@node1", "raft4@node1"]
        raft.quorum.max = 3
        """).WithFallback(VirtualGroup.Config);

    private readonly VirtualGroup _group;
    private readonly TestProbe _oldEngine;

    public StaleMessageTests()
        : base(Four)
    {
        _group = new VirtualGroup(this);
        _oldEngine = CreateTestProbe();
        foreach (var name in new[] { "raft1", "raft2", "raft3", "raft4" })
        {
            _group.Start(name, new RaftOptions<string>());
        }

        _group.AdvanceUntil("raft1", "leads");
        Append("before");
        _group.AdvanceUntil("raft4", "append 1 key=before");
    }

    [Fact]
    public void Leader_continues_to_write_to_the_present_boot()
    {
        SendLate();

        Append("after");
        _group.AdvanceUntil("raft4", "append 2 key=after");
    }

    [Fact]
    public void Refusal_goes_to_the_address_that_the_message_came_from()
    {
        SendLate();

        var answer = _oldEngine.ExpectMsg<WireMessage.CoreMessage>().Envelope;
        Assert.Equal(RefusalReason.RestoredDisk, Assert.IsType<Message.Refusal>(answer.Body).Reason);
    }

    // The boot is below the one that raft1 has recorded.
    private void SendLate()
    {
        var late = new RaftActors.Core.Envelope(
            MemberOf("raft4"),
            MemberOf("raft1"),
            GroupUid.None,
            new Term(1),
            default,
            new Message.AppendEntriesReply(true, new LogIndex(1), Term.Zero, true));
        _group.EngineOf("raft1").Tell(new WireMessage.CoreMessage(late), _oldEngine);
        _group.AwaitIdle();
    }

    private Member MemberOf(string name) => new(new ProcessName($"{name}@node1"), _group.Stores[name].Recovered!.Incarnation);

    private void Append(string value)
    {
        _group.Actors["raft1"].Tell(new Recorder.Append("key", value), TestActor);
        _group.AwaitIdle();
        ExpectMsg<Outcome<int>>().OrThrow();
    }
}
