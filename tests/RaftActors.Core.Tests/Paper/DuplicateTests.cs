namespace RaftActors.Core.Tests.Paper;

/// <summary>A second process with the name of one that runs (<see cref="Peers"/>). raft2 runs; its duplicate has another store.</summary>
public sealed class DuplicateTests
{
    private const int Timeout = 2 * 40;

    private static readonly Message Greeting = new Message.Greeting(default, Incarnation.None, IsReply: false);
    private static readonly Member Duplicate = new(Raft2.Name, SimulatedProcess.IncarnationOf(2));

    [Fact]
    public void Duplicate_is_not_heard_and_its_address_not_learned_while_the_first_process_is_connected()
    {
        var lab = LeaderWithRaft2();

        lab.Receive(Duplicate, 1, Greeting);

        Assert.Empty(lab.Core.Configuration.Learners);
        Assert.False(Trusts(lab, Duplicate));
        Assert.True(Trusts(lab, Raft2));
        Assert.DoesNotContain(lab.HardState!.Recorded, record => record.Member == Duplicate);
    }

    [Fact]
    public void First_process_is_asked_at_once_and_again_whether_it_still_runs()
    {
        var lab = LeaderWithRaft2();
        lab.Receive(Raft2, 2, new Message.Greeting(default, Incarnation.None, IsReply: true));
        lab.Tick(10);
        var asked = AskedRaft2(lab);

        lab.Receive(Duplicate, 1, Greeting);
        Assert.Equal(asked + 1, AskedRaft2(lab));

        lab.Tick(10);
        Assert.True(AskedRaft2(lab) > asked + 1);
    }

    [Fact]
    public void Duplicate_rejoins_when_the_first_process_has_not_answered_for_two_election_timeouts()
    {
        var lab = LeaderWithRaft2();
        lab.Receive(Duplicate, 1, Greeting);

        KeepLeading(lab, Timeout - 1);
        lab.Receive(Duplicate, 1, Greeting);
        Assert.Empty(lab.Core.Configuration.Learners);

        KeepLeading(lab, 1);
        lab.Receive(Duplicate, 1, Greeting);
        Assert.Equal(Duplicate, Assert.Single(lab.Core.Configuration.Learners));
    }

    [Fact]
    public void Process_that_the_group_holds_is_heard_in_place_of_one_that_it_does_not_hold()
    {
        var lab = new Lab([1], configured: usual => usual with { Voters = [Raft1, Duplicate, Raft3] });
        lab.Receive(Raft2, 1, Greeting);

        lab.Receive(Duplicate, 1, Greeting);

        Assert.True(Trusts(lab, Duplicate));
        Assert.Contains(lab.HardState!.Recorded, record => record.Member == Duplicate);
    }

    [Fact]
    public void Removed_incarnation_is_refused_while_the_one_that_stays_answers()
    {
        var lab = LeaderThatRemovedTheDuplicate();
        Assert.Equal([Raft1, Raft2, Raft3], lab.Core.Configuration.Everybody());

        lab.Receive(Duplicate, 1, Greeting);
        lab.Acknowledge(lab.Core.LastPosition.Index.Value);
        lab.Receive(Duplicate, 1, Greeting);

        Assert.Equal(RefusalReason.NameTaken, lab.SentTo<Message.Refusal>(Duplicate).Last().Reason);
        Assert.Equal([Raft1, Raft2, Raft3], lab.Core.Configuration.Everybody());
    }

    [Fact]
    public void Removed_incarnation_rejoins_when_the_one_that_stays_is_silent()
    {
        var lab = LeaderThatRemovedTheDuplicate();

        KeepLeading(lab, Timeout);
        lab.Receive(Duplicate, 1, new Message.Greeting(default, Incarnation.None, IsReply: true));

        Assert.Equal(Duplicate, Assert.Single(lab.Core.Configuration.Learners));
    }

    [Fact]
    public void Process_that_came_while_this_one_was_away_and_was_never_heard_keeps_no_other_one_out()
    {
        var absent = Member.Absent(Raft2.Name);
        var lab = new Lab([1], configured: usual => usual with { Voters = [Raft1, absent, Raft3] });
        var came = Assert.IsType<Payload.Reconfigure>(lab.Core.Read(new LogIndex(1), 1).Single().Payload).Configuration with
        {
            Voters = [Raft1, Raft2, Raft3],
        };
        var entry = FoundedGroup.Entry(2, 1, new Payload.Reconfigure(came)) with { Serial = Serial.Zero };
        lab.Append(Raft3, 1, lab.Core.LastPosition, [entry]);

        lab.Receive(Duplicate, 1, Greeting);

        Assert.True(Trusts(lab, Duplicate));
        Assert.Contains(lab.HardState!.Recorded, record => record.Member == Duplicate);
    }

    [Fact]
    public void Only_incarnation_of_a_name_is_not_removed_without_its_name()
    {
        var lab = LeaderWithRaft2();

        Leave(lab, Raft2);
        Leave(lab, Duplicate);

        Assert.Contains(lab.Done, done => done.Contains($"{Raft2} is the only process called {Raft2.Name} in the roster"));
        Assert.Contains(lab.Done, done => done.Contains($"{Duplicate} is not in the roster"));
        Assert.Equal([Raft1, Raft2, Raft3], lab.Core.Configuration.Everybody());
    }

    // raft2 was cut off when the duplicate came, and the duplicate was the last to speak.
    private static Lab LeaderThatRemovedTheDuplicate()
    {
        var lab = LeaderWithRaft2();
        lab.Lose(Raft2);
        lab.Receive(Duplicate, 1, Greeting);
        AcknowledgeByRaft3(lab);
        Leave(lab, Duplicate);
        AcknowledgeByRaft3(lab);
        return lab;
    }

    private static void Leave(Lab lab, Member member) => lab.Step(new Input.ChangeMembers(
        new RequestId(Raft1, 1),
        lab.Core.Read(new LogIndex(1), int.MaxValue).Last(entry => entry.Payload is Payload.Reconfigure).Index,
        new MemberChange.Leave(member.Name, member.Incarnation)));

    private static void AcknowledgeByRaft3(Lab lab) =>
        lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, lab.Core.LastPosition.Index, default, IsAdmitted: true));

    private static Lab LeaderWithRaft2()
    {
        var lab = new Lab([1]);
        lab.Lead();
        lab.Acknowledge(2);
        lab.Receive(Raft2, 2, Greeting);
        return lab;
    }

    // raft3 alone answers, so the leader stays one.
    private static void KeepLeading(Lab lab, int ticks)
    {
        for (var i = 0; i < ticks; i++)
        {
            lab.Tick(1);
            lab.Receive(Raft3, 2, new Message.AppendEntriesReply(true, lab.Core.LastPosition.Index, default, IsAdmitted: true));
        }
    }

    private static bool Trusts(Lab lab, Member from) => lab.Core.Trusts(new Envelope(from, Raft1, Group, new Term(1), default, Greeting));

    private static int AskedRaft2(Lab lab) => lab.Done.Count(done => done.StartsWith($"-> {Raft2.Name}#") && done.Contains("Greeting,"));
}
