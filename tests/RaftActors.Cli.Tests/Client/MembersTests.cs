namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft members</c>, <c>raft transfer</c> and <c>raft explain</c>.</summary>
public sealed class MembersTests
{
    private static readonly Guid Uid = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    private static GroupStatus Group => Status(Of(":9990") with { Leader = Process(":9991") }, Of(":9991"));

    [Fact]
    public void Waiting_server_is_added_and_awaited_until_it_knows()
    {
        var asked = 0;
        var newcomer = new FakeGroup
        {
            OnStatus = () => Status(++asked < 3 ? Waiting : Of(":9993") with { Members = [.. Group.Processes[0].Members, Voter(":9993")] }),
        };

        var run = Add(newcomer, out var group);

        Assert.Equal((0, "added :9993\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(["join raft@:9993"], group.Changes);
        Assert.Equal(3, asked);
    }

    [Fact]
    public void Server_is_added_as_one_that_never_votes_and_listed_so()
    {
        GroupMember member = new(Process(":9993"), isVoter: false, neverVotes: true);
        var added = Status(Of(":9993") with { Members = [.. Group.Processes[0].Members, member] });

        Add(new FakeGroup { OnStatus = () => added }, out var group, "--non-voting");

        Assert.Equal(["join raft@:9993 without a vote"], group.Changes);
        var list = Run.Here(new FakeGroup { OnStatus = () => added }, "members", "list");
        Assert.Matches(@"\n:9993 +non-voter *\n", list.Output);
    }

    [Fact]
    public void Removed_server_is_added_again_even_if_all_other_members_have_changed()
    {
        var removed = Of(":9993") with { IsRemoved = true, Members = [Voter(":9994")] };

        var run = Add(new FakeGroup { OnStatus = () => Status(removed) }, out var group, "--timeout", "100ms");

        // The time is up before the server knows that it is a member. The addition is done by then.
        Assert.Equal((0, "added :9993\n"), (run.Code, run.Output));
        Assert.Equal(["join raft@:9993"], group.Changes);
    }

    [Fact]
    public void Server_of_another_group_is_not_added()
    {
        var other = Of(":9993") with { Identity = Guid.NewGuid(), Members = [Voter(":9993"), Voter(":9994")] };

        AssertRefused(
            Status(other), ":9993 belongs to another group (:9993 :9994). Stop it, run 'raft log forget' for it, start it ('raft server");
    }

    [Fact]
    public void Server_removed_from_another_group_is_not_added() => AssertRefused(
        Status(Of(":9993") with { Identity = Guid.NewGuid(), IsRemoved = true }), ":9993 belongs to another group");

    [Fact]
    public void Founder_of_another_group_is_not_added() => AssertRefused(
        Status(Waiting with { Members = [Voter(":9993"), Voter(":9994")] }), ":9993 was started as a founder of another group");

    [Fact]
    public void Fenced_server_is_not_added() => AssertRefused(
        Status(Of(":9993") with { Fence = "the disk of raft@:9993 lost writes." }), ":9993 is fenced: the disk of :9993 lost writes");

    [Fact]
    public void Server_with_another_name_is_not_added() => AssertRefused(Status(Of(":9994")), "the server at :9993 has another name");

    [Fact]
    public void Server_that_cannot_be_reached_is_not_added_and_the_command_that_starts_it_is_told()
    {
        var dead = FakeGroup.Dead();
        var group = new FakeGroup { OnStatus = () => Group };

        // Only the client of the group is scripted.
        var run = Run.Here(servers => servers[0] == dead ? null : group, "members", "add", $"{dead}", "-S", ":9990");

        Assert.Equal(
            (1, $"raft: not done: cannot reach {dead}: connection refused. First start it ('raft server -c :9990,:9991,:9992 "
                + $"-p {dead.Port}'), then add it again; nothing was changed\n"),
            (run.Code, run.Error));
        Assert.Empty(group.Changes);
    }

    [Fact]
    public void Member_cannot_be_added_again()
    {
        var group = new FakeGroup { OnStatus = () => Group };

        var run = Run.Here(group, "members", "add", ":9991");

        Assert.Equal((1, "raft: not done: :9991 is a member of the group already; nothing was changed\n"), (run.Code, run.Error));
        Assert.Empty(group.Changes);
    }

    [Fact]
    public void Member_is_removed()
    {
        var group = new FakeGroup { OnStatus = () => Group };

        var run = Run.Here(group, "members", "remove", ":9991");

        Assert.Equal((0, "removed :9991\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(["leave raft@:9991"], group.Changes);
    }

    [Fact]
    public void Maximum_of_the_quorum_that_is_set_is_reported()
    {
        var group = new FakeGroup();

        var run = Run.Here(group, "members", "quorum", "5");

        Assert.Equal((0, "at most 5 vote\n", ""), (run.Code, run.Output, run.Error));
        Assert.Equal(["quorum 5"], group.Changes);
    }

    [Fact]
    public void Number_that_is_no_maximum_of_the_quorum_is_a_wrong_command()
    {
        var run = Run.Here("members", "quorum", "4", "-S", ":1");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("'4'", run.Error);
    }

    [Fact]
    public void Refusal_of_a_change_uses_server_names()
    {
        var group = new FakeGroup
        {
            OnStatus = () => Group,
            OnChange = () => RaftFailure.NotDone(FailureReason.Unavailable, "The time is up: raft@:9992 is not caught up.")
                .ToOutcome<Membership>(),
        };

        var run = Run.Here(group, "members", "remove", ":9992");

        Assert.Equal(
            (1, "", "raft: not done: the time is up: :9992 is not caught up; nothing was changed\n"), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Change_with_an_unknown_outcome_is_reported_with_the_way_to_find_out()
    {
        var group = new FakeGroup { OnChange = () => null };

        var run = Run.Here(group, "transfer", "--timeout", "1ms");

        Assert.Equal(
            (3, "", "raft: unknown whether another server leads: the time is up, and the request may have reached a leader; "
                + "run 'raft status' to find out\n"),
            (run.Code, run.Output, run.Error));
        Assert.Single(group.Changes);
    }

    [Fact]
    public void Members_are_listed_as_voter_or_learner_with_the_leader_marked()
    {
        var group = new FakeGroup { OnStatus = () => ThreeKinds };

        var run = Run.Here(group, "members", "list");

        Assert.Equal(
            (0, """
                SERVER     PART     LEADER
                :9990      voter
                :9991      voter    leader
                box:12345  learner

                """, ""),
            (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Transfer_names_the_future_leader_or_none()
    {
        var group = new FakeGroup();

        var named = Run.Here(group, "transfer", "--to", ":9991");
        var any = Run.Here(group, "transfer");

        Assert.Equal((0, ":9991 leads\n", ""), (named.Code, named.Output, named.Error));
        Assert.Equal((0, "another server leads\n", ""), (any.Code, any.Output, any.Error));
        Assert.Equal(["transfer raft@:9991", "transfer "], group.Changes);
    }

    [Fact]
    public void Explanation_is_printed_with_server_names_and_with_control_characters_escaped()
    {
        var run = Run.Here(new FakeGroup { Explanation = "waits\r\nfor raft@:9991 \u001b[2J" }, "explain");

        Assert.Equal((0, "waits\nfor :9991 \\u001b[2J\n", ""), (run.Code, run.Output, run.Error));
    }

    [Fact]
    public void Each_answer_is_one_JSON_object()
    {
        var refusing = new FakeGroup
        {
            OnStatus = () => Group,
            OnChange = () => RaftFailure.NotDone(FailureReason.Unavailable, "no").ToOutcome<Membership>(),
        };

        Assert.Equal(
            (0, """{"kind":"quorum-set","outcome":"done"}""" + "\n"), CodeAndOutput(new FakeGroup(), "members", "quorum", "5"));
        Assert.Equal(
            (1, """{"kind":"member-removed","server":":9991","outcome":"not-done","why":"no"}""" + "\n"),
            CodeAndOutput(refusing, "members", "remove", ":9991"));
        Assert.Equal(
            (0, """{"kind":"explanation","server":":9990","text":"all is well"}""" + "\n"),
            CodeAndOutput(new FakeGroup { Explanation = "all is well" }, "explain"));
        Assert.Equal(
            (0, """
                {"kind":"member","server":":9990","votes":true,"leads":false}
                {"kind":"member","server":":9991","votes":true,"leads":true}
                {"kind":"member","server":"box:12345","votes":false,"leads":false}

                """),
            CodeAndOutput(new FakeGroup { OnStatus = () => ThreeKinds }, "members", "list"));

        static (int Code, string Output) CodeAndOutput(FakeGroup group, params string[] verb)
        {
            var run = Run.Here(group, [.. verb, "--json"]);
            Assert.Equal("", run.Error);
            return (run.Code, run.Output);
        }
    }

    private static GroupStatus ThreeKinds => Status(Of(":9990") with
    {
        Leader = Process(":9991"),
        Members = [Voter(":9990"), Voter(":9991"), new GroupMember(Process("box:12345"), isVoter: false)],
    });

    private static RaftStatus Waiting =>
        new("raft", Process(":9993")) { IsOpen = true, Members = [new GroupMember(Process(":9993"), isVoter: false)] };

    private static void AssertRefused(GroupStatus newcomer, string why)
    {
        var run = Add(new FakeGroup { OnStatus = () => newcomer }, out var group);

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.StartsWith($"raft: not done: {why}", run.Error);
        Assert.Empty(group.Changes);
    }

    private static Run Add(FakeGroup newcomer, out FakeGroup group, params string[] more)
    {
        var asked = group = new FakeGroup { OnStatus = () => Group };
        return Run.Here(
            servers => servers[0].Port == 9993 ? newcomer.Connect(servers) : asked.Connect(servers),
            ["members", "add", ":9993", "-S", ":9990", .. more]);
    }

    private static RaftStatus Of(string server) => new("raft", Process(server))
    {
        IsOpen = true,
        Identity = Uid,
        MembersAt = new LogIndex(1),
        Members = [Voter(":9990"), Voter(":9991"), Voter(":9992")],
    };

    private static GroupStatus Status(params RaftStatus[] processes) => new("raft", [.. processes], []);

    private static GroupMember Voter(string server) => new(Process(server), isVoter: true);

    private static ProcessName Process(string server) => new($"raft@{server}");
}
