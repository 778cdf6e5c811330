namespace RaftActors.Tests.Groups;

/// <summary>The events that the engines of a group publish, in virtual time. raft2 has the most pairs, and founds.</summary>
public sealed class RaftEventTests : VirtualGroupTest
{
    private readonly TestProbe _events;
    private readonly TestProbe _log;

    public RaftEventTests()
    {
        _events = CreateTestProbe("events");
        _log = CreateTestProbe("log");
        Sys.EventStream.Subscribe(_events, typeof(RaftEvent));
    }

    [Fact]
    public void Leader_publishes_each_decision_about_the_members_with_its_reason()
    {
        Group.Found(0, 2);
        Group.StartJoining("raft4");
        Group.Actors["raft2"].Tell(new Recorder.Join(NameOf("raft4")), TestActor);
        ExpectChangeDone("raft4");
        Told();
        RecordLog();

        Group.FailStore("raft3", "the disk is gone");
        Group.Advance(260);

        var told = Told();
        var decided = Assert.Single(told.OfType<RaftEvent.MembersDecided>());
        Assert.Equal(NameOf("raft2"), decided.Process);
        Assert.Equal((NameOf("raft4"), NameOf("raft3")), (Assert.Single(decided.Promoted), Assert.Single(decided.Demoted)));
        Assert.Matches("^raft4@node1#.* takes the place of raft3@node1#.*, which was not heard for 20[0-9] ticks$", decided.Reason);
        Assert.All(told.OfType<RaftEvent.MembersChanged>(), changed => Assert.True(changed.Index > decided.Index.Value));
        Assert.Contains(decided, Logged());
    }

    [Fact]
    public void Refused_process_publishes_the_refusing_process_and_the_reason()
    {
        Group.Found(0, 2);

        Group.SayAs("raft1", "raft3", new Term(1), new Message.Refusal(RefusalReason.Removed, Serial.Zero, default, "it was removed"));

        var told = Told();
        Assert.Single(Of<RaftEvent.Removed>("raft3", told));
        var refused = Assert.Single(Of<RaftEvent.Refused>("raft3", told));
        Assert.Equal((nameof(RefusalReason.Removed), "it was removed"), (refused.Reason, refused.Why));
        Assert.Equal(VirtualGroup.MemberOf("raft1").Name, refused.By);
    }

    [Fact]
    public void Joining_process_that_reads_the_removal_of_an_earlier_incarnation_is_not_removed()
    {
        Group.StartJoining("raft4");
        var leader = VirtualGroup.MemberOf("raft1");

        Append(leader, Entry(1, leader, VirtualGroup.MemberOf("raft4", life: 1)), Entry(2, leader));

        var told = Told();
        Assert.Equal([true, false], Of<RaftEvent.MembersChanged>("raft4", told).Select(changed => changed.HasSelf));
        Assert.Empty(Of<RaftEvent.Removed>("raft4", told));
        Assert.False(StatusOf("raft4").IsRemoved);
    }

    [Fact]
    public void Process_that_was_told_of_its_removal_is_shown_as_removed_until_it_hears_a_leader()
    {
        Group.StartJoining("raft4");
        var leader = VirtualGroup.MemberOf("raft1");

        Group.Say(leader, "raft4", new Term(1), new Message.Refusal(RefusalReason.Removed, Serial.Zero, default, "it was removed"));
        Assert.True(StatusOf("raft4").IsRemoved);
        Append(leader, Entry(1, leader));

        Assert.False(StatusOf("raft4").IsRemoved);
    }

    [Fact]
    public void Status_tells_since_when_a_process_has_its_role()
    {
        Group.Found(0, 2);

        // The followers have had theirs since the start, and the leader was elected later.
        Assert.True(StatusOf("raft2").RoleSince > StatusOf("raft3").RoleSince);
    }

    [Fact]
    public void Rejoining_process_publishes_members_that_are_the_same_as_before_and_its_next_removal()
    {
        Group.StartJoining("raft4");
        var (leader, self) = (VirtualGroup.MemberOf("raft1"), VirtualGroup.MemberOf("raft4") with { Incarnation = Incarnation.None });
        Append(leader, Entry(1, leader, self));
        Group.Say(leader, "raft4", new Term(1), new Message.Refusal(RefusalReason.Removed, Serial.Zero, default, "it was removed"));
        Append(leader, Entry(1, leader, self), Entry(2, leader, self));
        Assert.False(StatusOf("raft4").IsRemoved);
        Append(leader, Entry(1, leader, self), Entry(2, leader, self), Entry(3, leader));

        var told = Told();
        Assert.True(StatusOf("raft4").IsRemoved);

        Assert.Equal([true, true, false], Of<RaftEvent.MembersChanged>("raft4", told).Select(changed => changed.HasSelf));
        Assert.Equal(2, Of<RaftEvent.Removed>("raft4", told).Count);
    }

    [Fact]
    public void Joining_process_with_a_used_name_publishes_its_own_removal()
    {
        Group.StartJoining("raft4");
        var (leader, other) = (VirtualGroup.MemberOf("raft1"), VirtualGroup.MemberOf("raft4", life: 1));

        Append(leader, Entry(1, leader, other), Entry(2, leader, other with { Incarnation = Incarnation.None }));
        Append(leader, Entry(1, leader, other), Entry(2, leader, other with { Incarnation = Incarnation.None }), Entry(3, leader));

        Assert.Single(Of<RaftEvent.Removed>("raft4", Told()));
    }

    [Fact]
    public void Process_whose_store_failed_publishes_Stopped_once_whatever_its_actor_does_then()
    {
        Group.Found(0, 2);

        Group.FailStore("raft3", "the disk is gone");
        Group.Actors["raft3"].Tell(new InvalidOperationException("a restart"));
        Group.AwaitIdle();

        Assert.Contains("the disk is gone", Assert.Single(Of<RaftEvent.Stopped>("raft3", Told())).Detail);
    }

    [Fact]
    public void Status_shows_role_term_leader_and_members()
    {
        Group.Start("raft1", 0);
        var before = Group.StatusOf("raft1");
        Assert.Equal((RaftRole.Follower, 0L, (ProcessName?)null), (before.Role, before.Term, before.Leader));
        Assert.Equal(Guid.Empty, before.Identity);
        Assert.Equal("raft1 raft2 raft3", TextOf(before.Members));

        Group.Start("raft2", 2);
        Group.Start("raft3", 2);
        Group.AdvanceUntil("raft3", "led by raft2 at 2");
        Group.StartJoining("raft4");
        Assert.Equal("(raft4)", TextOf(Group.StatusOf("raft4").Members));
        Group.Actors["raft2"].Tell(new Recorder.Join(NameOf("raft4")), TestActor);
        ExpectChangeDone("raft4");

        var (leader, learner) = (Group.StatusOf("raft2"), Group.StatusOf("raft4"));
        Assert.Equal((RaftRole.Leader, 1L, (ProcessName?)NameOf("raft2")), (leader.Role, leader.Term, leader.Leader));
        Assert.Equal((RaftRole.Follower, 1L, (ProcessName?)NameOf("raft2")), (learner.Role, learner.Term, learner.Leader));
        Assert.Equal("raft1 raft2 raft3 (raft4)", TextOf(learner.Members));
        Assert.NotEqual(Guid.Empty, leader.Identity);
        Assert.Equal(leader.Identity, learner.Identity);
    }

    private RaftStatus StatusOf(string name) => Raft.Get(Sys).Processes.Single(process => process.Name == NameOf(name));

    private static ProcessName NameOf(string name) => new($"{name}@node1");

    // All events from the first on, and all members committed.
    private void Append(Member leader, params LogEntry[] entries) => Group.Say(
        leader,
        "raft4",
        new Term(1),
        new Message.AppendEntries(default, [.. entries], entries[^1].Index, Serial.Zero));

    private static LogEntry Entry(long index, Member voter, params ImmutableArray<Member> learners) => new(
        new LogIndex(index),
        new Term(1),
        Serial.Zero,
        new Payload.Reconfigure(new Configuration(new GroupUid(new Guid(1, 0, 0, new byte[8])), 1, [voter], [], learners, [])));

    private static string TextOf(IEnumerable<GroupMember> members) => string.Join(
        ' ', members.Select(member => member.IsVoter ? member.Name.Process : $"({member.Name.Process})"));

    private void ExpectChangeDone(string name)
    {
        Group.AwaitIdle();
        Group.Advance(5);
        ExpectMsg<Outcome<Membership>>().OrThrow();
    }

    // All events since the last call, or since the beginning. The end marker comes after them.
    private void RecordLog() => Sys.EventStream.Subscribe(_log, typeof(LogEvent));

    // The events that log entries have as an argument.
    private List<RaftEvent> Logged()
    {
        _log.Ref.Tell("the end");
        List<RaftEvent> logged = [];
        while (_log.ExpectMsg<object>() is LogEvent entry)
        {
            logged.AddRange(entry.Message is LogMessage message ? message.Parameters().OfType<RaftEvent>() : []);
        }

        return logged;
    }

    private List<RaftEvent> Told()
    {
        Group.AwaitIdle();
        _events.Ref.Tell("the end");
        List<RaftEvent> told = [];
        while (_events.ExpectMsg<object>() is RaftEvent next)
        {
            told.Add(next);
        }

        return told;
    }

    private static List<T> Of<T>(string name, IEnumerable<RaftEvent> told)
        where T : RaftEvent => [.. told.Where(one => one.Process == NameOf(name)).OfType<T>()];
}
