namespace RaftActors.Core.Tests.Paper;

/// <summary>The boots of other processes that a process records durably, and the records that it drops.</summary>
public sealed class RecordTests
{
    private static readonly Message Greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);
    private static readonly ProcessName Raft4 = new("raft4@x");

    [Theory]
    [InlineData(4, 44, true)]
    [InlineData(4, 45, false)]
    [InlineData(3, 44, false)]
    public void A_vote_request_of_a_later_incarnation_is_decided_by_its_own_boots(long number, ulong mark, bool isGranted)
    {
        var lab = new Lab([1], configured: WithSecondRaft2);
        lab.Receive(MemberOf(Raft2.Name, 2), 1, Greeting, new Boot(4, 44));

        lab.Receive(MemberOf(Raft2.Name, 2), 2, new Message.RequestVote(At(1), IsPreVote: false), new Boot(number, mark));

        var replies = lab.SentTo<Message.RequestVoteReply>(MemberOf(Raft2.Name, 2));
        Assert.Equal(isGranted, replies.Any(reply => reply.Granted));
    }

    [Fact]
    public void A_voters_record_stays_while_other_incarnations_of_its_name_come_and_go()
    {
        var lab = new Lab([1], configured: WithSecondRaft2);
        lab.Receive(MemberOf(Raft2.Name, 2), 1, Greeting, new Boot(4, 44));

        for (var number = 3; number < 20; number++)
        {
            lab.Lose(Raft2);
            lab.Receive(MemberOf(Raft2.Name, number), 1, Greeting, new Boot(1, 1));
        }

        Assert.Contains(new PeerRecord(MemberOf(Raft2.Name, 2), new Boot(4, 44)), Recorded(lab));
    }

    [Fact]
    public void A_voters_record_stays_while_the_configuration_without_it_may_be_truncated()
    {
        var lab = new Lab([1], configured: WithSecondRaft2);
        lab.Receive(MemberOf(Raft2.Name, 2), 1, Greeting, new Boot(4, 44));
        var without = new Payload.Reconfigure(lab.Core.Configuration with { Voters = [Raft1, Raft3] });
        lab.Append(Raft3, 1, lab.Core.LastPosition, [new LogEntry(new LogIndex(2), new Term(1), Serial.Zero, without)]);

        lab.Lose(Raft2);
        lab.Receive(MemberOf(Raft2.Name, 3), 1, Greeting, new Boot(1, 1));

        Assert.Contains(new PeerRecord(MemberOf(Raft2.Name, 2), new Boot(4, 44)), Recorded(lab));
    }

    [Fact]
    public void The_number_of_records_is_bounded_however_often_stores_are_replaced()
    {
        var lab = new Lab([1], configured: WithSecondRaft2);

        for (var number = 1; number < 100; number++)
        {
            lab.Lose(Raft2);
            lab.Lose(Raft3);
            lab.Receive(MemberOf(Raft2.Name, number), 1, Greeting, new Boot(1, 1));
            lab.Receive(MemberOf(Raft3.Name, number), 1, Greeting, new Boot(1, 1));
        }

        Assert.Equal(
            [Raft1, Raft2, MemberOf(Raft2.Name, 2), MemberOf(Raft2.Name, 99), Raft3, MemberOf(Raft3.Name, 99)],
            Recorded(lab).Select(record => record.Member));
    }

    [Fact]
    public void The_first_incarnation_of_a_founders_name_stays_the_first()
    {
        var lab = new Lab([1]);

        lab.Receive(MemberOf(Raft2.Name, 2), 1, Greeting, new Boot(1, 1));
        lab.Receive(MemberOf(Raft2.Name, 3), 1, Greeting, new Boot(1, 1));

        Assert.Equal(Raft2, Recorded(lab).First(record => record.Member.Name == Raft2.Name).Member);
    }

    [Fact]
    public void Records_of_a_name_are_dropped_when_a_committed_configuration_lacks_it()
    {
        var lab = new Lab([1], configured: usual => usual with { Learners = [MemberOf(Raft4, 1)] });
        lab.Receive(MemberOf(Raft4, 1), 1, Greeting, new Boot(1, 1));
        var without = ((Payload.Reconfigure)lab.Core.Read(new LogIndex(1), 1)[0].Payload).Configuration with { Learners = [] };
        LogSlice entries = [new LogEntry(new LogIndex(2), new Term(1), Serial.Zero, new Payload.Reconfigure(without))];

        lab.Append(Raft2, 1, lab.Core.LastPosition, entries);
        lab.Receive(MemberOf(Raft3.Name, 2), 1, Greeting, new Boot(1, 1));
        Assert.Contains(Recorded(lab), record => record.Member.Name == Raft4);

        lab.Append(Raft2, 1, lab.Core.LastPosition, [], commit: 2);
        lab.Lose(Raft3);
        lab.Receive(MemberOf(Raft3.Name, 3), 1, Greeting, new Boot(1, 1));
        Assert.DoesNotContain(Recorded(lab), record => record.Member.Name == Raft4);
    }

    [Fact]
    public void A_delayed_acknowledgement_of_an_earlier_boot_does_not_replace_a_later_one()
    {
        var progress = new Progress(Raft2, new LogIndex(1), 0);

        progress.Acknowledged(new Boot(2, 22));
        progress.Acknowledged(new Boot(1, 11));

        Assert.Equal(new Boot(2, 22), progress.Boot);
    }

    [Theory]
    [InlineData(2, 1, true)]
    [InlineData(1, 1, false)]
    [InlineData(1, 2, true)]
    public void The_address_of_a_delayed_message_of_an_earlier_incarnation_is_not_trusted(int number, long start, bool isTrusted)
    {
        var lab = new Lab([1]);
        lab.Receive(MemberOf(Raft2.Name, 1), 1, Greeting, new Boot(1, 11));
        lab.Lose(Raft2);
        lab.Receive(MemberOf(Raft2.Name, 2), 1, Greeting, new Boot(1, 22));

        var boot = new Boot(start, number == 2 ? 22ul : 11ul);
        var envelope = new Envelope(MemberOf(Raft2.Name, number), Raft1, Group, new Term(1), boot, Greeting);
        Assert.Equal(isTrusted, lab.Core.Trusts(envelope));
    }

    private static Configuration WithSecondRaft2(Configuration usual) => usual with { Voters = [Raft1, MemberOf(Raft2.Name, 2), Raft3] };

    private static Member MemberOf(ProcessName name, int number) => new(name, SimulatedProcess.IncarnationOf(number));

    private static ImmutableArray<PeerRecord> Recorded(Lab lab) => lab.HardState!.Recorded;
}
