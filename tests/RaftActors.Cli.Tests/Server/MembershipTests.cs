using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Cli.Server;
using RaftActors.Core;
using RaftActors.Testing;

namespace RaftActors.Cli.Tests.Server;

/// <summary>Requests to change members or leader, and requests for the status.</summary>
public sealed class MembershipTests : ServerTest
{
    private const long FirstProbe = 1;

    [Fact]
    public void Waiting_server_is_added()
    {
        StartInGroup();
        Lead(9991);
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Waiting));

        ExpectMsg(new Reply.Redirected(7, Id(9991)));
        var join = Asked.ExpectMsg<FromActor<string>.Join>();
        Assert.Equal(Process(9993), join.Name);
        Group.End(Outcome<Membership>.Done.WithoutResult(default, join.Request));
        Status();
        ExpectNoMsg(TimeSpan.Zero);
        Answer(StatusOf(9993, ServerStanding.Member, 9990, 9991, 9992, 9993) with { Number = FirstProbe + 1 });
        ExpectMsg(new Reply.Done(7));
    }

    [Fact]
    public void Addition_is_answered_at_the_latest_when_the_clients_time_is_up()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Waiting));
        Group.End(Outcome<Membership>.Done.WithoutResult(default, Asked.ExpectMsg<FromActor<string>.Join>().Request));
        Status();
        Answer(StatusOf(9993, ServerStanding.Waiting) with { Number = FirstProbe + 1 });
        Status();
        ExpectNoMsg(TimeSpan.Zero);

        Wait(Timeout);

        ExpectMsg(new Reply.Done(7));
    }

    [Fact]
    public void Refusal_of_a_change_uses_server_names()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Waiting));
        var join = Asked.ExpectMsg<FromActor<string>.Join>();
        var detail = "The time is up: raft@:9993 is not caught up.";
        Group.End(new Outcome<Membership>.NotCommitted(NotCommittedReason.NotResponsive, detail, join.Request));
        ExpectMsg(new Reply.Refused(7, "The time is up: :9993 is not caught up."));
    }

    [Fact]
    public void Change_with_an_unknown_outcome_is_reported_as_unknown()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Removed, 9991, 9992));
        var join = Asked.ExpectMsg<FromActor<string>.Join>();
        Group.End(new Outcome<Membership>.Unknown(UnknownReason.TimedOut, join.Request));
        ExpectMsg<Reply.Unknown>(unknown => unknown.Number == 7);
    }

    [Theory]
    [InlineData(null, 9993)]
    [InlineData("a b", 9993)]
    [InlineData("a/b#c@d", 9993)]
    [InlineData("", 0)]
    [InlineData("HOST", -1)]
    public void Invalid_server_name_is_refused(string? host, int port)
    {
        Start();
        var server = new ServerId(host!, port);

        Server.Tell(new Request.AddMember(1, server, Timeout), TestActor);
        Server.Tell(new Request.RemoveMember(2, server, Timeout), TestActor);
        Server.Tell(new Request.Transfer(3, server, Timeout), TestActor);

        for (var number = 1; number <= 3; number++)
        {
            ExpectMsg(new Reply.Refused(number, "The request names no server."));
        }
    }

    [Fact]
    public void Member_cannot_be_added_again()
    {
        StartInGroup();
        Add(9992);
        ExpectMsg(new Reply.Refused(7, ":9992 is a member of the group already."));
    }

    [Fact]
    public void Server_that_does_not_answer_until_the_clients_time_is_up_is_not_added()
    {
        StartInGroup();
        Add(9993);

        // The server keeps a quarter of a second, so that its reply reaches the client in time.
        Wait(Timeout - TimeSpan.FromMilliseconds(300));
        Status();
        ExpectNoMsg(TimeSpan.Zero);
        Wait(TimeSpan.FromMilliseconds(50));

        var refused = ExpectMsg<Reply.Refused>();
        Assert.Contains(":9993 cannot be reached from :9990: it does not answer", refused.Detail);
        Assert.Contains("raft server -c :9990,:9991,:9992 -p 9993", refused.Detail);
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Server_that_answers_late_is_added()
    {
        StartInGroup();
        Add(9993);
        Wait(Timeout - TimeSpan.FromSeconds(1));
        Answer(StatusOf(9993, ServerStanding.Waiting));

        Assert.Equal(Process(9993), Asked.ExpectMsg<FromActor<string>.Join>().Name);
    }

    [Fact]
    public void Server_of_another_group_is_not_added()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Member, 9993, 9994) with { Group = Guid.NewGuid() });
        Assert.Contains("belongs to another group (:9993 :9994)", ExpectMsg<Reply.Refused>().Detail);
        Asked.ExpectNoMsg(TimeSpan.Zero);
    }

    [Fact]
    public void Server_removed_from_another_group_is_not_added()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Removed, 9990, 9991) with { Group = Guid.NewGuid() });
        Assert.Contains("belongs to another group", ExpectMsg<Reply.Refused>().Detail);
    }

    [Fact]
    public void Removed_server_is_added_again_even_if_all_other_members_have_changed()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Removed, 9994));
        Asked.ExpectMsg<FromActor<string>.Join>();
    }

    [Fact]
    public void Removed_server_that_does_not_know_of_its_removal_is_added_again()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Member, 9990, 9991, 9992, 9993));
        Asked.ExpectMsg<FromActor<string>.Join>();
    }

    [Fact]
    public void Founder_of_another_group_is_not_added()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9993, ServerStanding.Founding));
        Assert.Contains("founder of another group", ExpectMsg<Reply.Refused>().Detail);
    }

    [Fact]
    public void Server_with_another_name_is_not_added()
    {
        StartInGroup();
        Add(9993);
        Answer(StatusOf(9994, ServerStanding.Waiting));
        Assert.Contains("has the name :9994", ExpectMsg<Reply.Refused>().Detail);
    }

    [Fact]
    public void Server_outside_any_group_refuses_changes_of_members()
    {
        Start(cluster: ":9991");
        Add(9993);
        Assert.Contains("is in no group", ExpectMsg<Reply.Refused>().Detail);
        Remove(9991);
        Assert.Contains("is in no group", ExpectMsg<Reply.Refused>().Detail);
    }

    [Theory]
    [InlineData(9992)]
    [InlineData(9990)]
    public void Any_member_can_be_removed_also_the_asked_server(int port)
    {
        StartInGroup();
        Remove(port);
        var leave = Asked.ExpectMsg<FromActor<string>.Leave>();
        Assert.Equal(Process(port), leave.Name);
        Group.End(Outcome<Membership>.Done.WithoutResult(default, leave.Request));
        ExpectMsg(new Reply.Done(7));
    }

    [Fact]
    public void Server_that_is_not_a_member_cannot_be_removed()
    {
        StartInGroup();
        Remove(9993);
        Assert.Contains(":9993 is not a member of the group; its members are :9990 :9991 :9992", ExpectMsg<Reply.Refused>().Detail);
    }

    [Fact]
    public void Request_that_names_no_server_is_refused()
    {
        StartInGroup();
        Server.Tell(new Request.AddMember(7, default, Timeout), TestActor);
        ExpectMsg<Reply.Refused>();
        Server.Tell(new Request.RemoveMember(8, default, Timeout), TestActor);
        ExpectMsg<Reply.Refused>();
    }

    [Fact]
    public void Maximum_of_the_quorum_is_set()
    {
        StartInGroup();
        Server.Tell(new Request.SetMaxQuorum(7, 5, Timeout), TestActor);
        var set = Asked.ExpectMsg<FromActor<string>.SetMaxQuorum>();
        Assert.Equal(5, set.Max);
        Group.End(Outcome<Membership>.Done.WithoutResult(default, set.Request));
        ExpectMsg(new Reply.Done(7));
    }

    [Fact]
    public void Number_that_is_no_maximum_of_the_quorum_is_refused()
    {
        StartInGroup();
        Server.Tell(new Request.SetMaxQuorum(7, 4, Timeout), TestActor);
        ExpectMsg(new Reply.Refused(7, "At most 4 cannot vote: give 3, 5, 7, 9 or 11."));
    }

    [Fact]
    public void Leadership_is_transferred_to_the_named_server()
    {
        StartInGroup();
        Server.Tell(new Request.Transfer(7, Id(9992), Timeout), TestActor);
        var transfer = Asked.ExpectMsg<FromActor<string>.TransferLeadership>();
        Assert.Equal(Process(9992), transfer.To);
        Group.End(Outcome<Membership>.Done.WithoutResult(default, transfer.Request));
        ExpectMsg(new Reply.Done(7));
    }

    [Fact]
    public void Server_that_is_told_of_its_removal_is_removed_until_a_leader_contacts_it()
    {
        StartInGroup();
        Happen(new RaftEvent.Refused("raft", Process(9990), Process(9992), RefusalReason.Removed, "it was removed"));
        var status = Status();
        Assert.Equal(ServerStanding.Removed, status.Standing);
        Assert.Equal("was removed from the group; to add it again: raft members add :9990 -S :9992", status.Note);
        Append(1, "id", "text");
        ExpectMsg<Reply.Refused>();
        Lead(9991);
        Assert.Equal(ServerStanding.Member, Status().Standing);
    }

    [Fact]
    public void Explanation_uses_server_names()
    {
        StartInGroup();
        Server.Tell(new Request.Explain(7), TestActor);
        ExpectMsg(new Reply.ExplanationIs(7, ":9990 is in a scripted group"));
    }

    [Fact]
    public void Status_has_role_term_leader_serials_and_members()
    {
        StartInGroup();
        Happen(new RaftEvent.RoleChanged("raft", Process(9990), RaftRole.Leader, 3, []));
        Lead(9990, term: 3);
        Group.Commit("a", "text");
        var status = Status();
        Assert.Equal((RaftRole.Leader, 3, Id(9990)), (status.Role, status.Term, status.Leader));
        Assert.Equal((1, 1), (status.AppliedSerial, status.CommittedSerial));
        Assert.Equal([Id(9990), Id(9991), Id(9992)], status.Members.Select(member => member.Server));
        Assert.Equal((ServerStanding.Member, null), (status.Standing, status.Note));
    }

    [Fact]
    public async Task Stopped_engine_ends_the_program()
    {
        StartInGroup();
        Happen(new RaftEvent.Stopped("raft", Process(9990), "the disk of raft@:9990 fails"));
        Status();
        Assert.Equal("the disk of :9990 fails.", await Failed.Task.WaitAsync(Timeout));
    }

    private void Add(int port) => Server.Tell(new Request.AddMember(7, Id(port), Timeout), TestActor);

    private void Remove(int port) => Server.Tell(new Request.RemoveMember(7, Id(port), Timeout), TestActor);

    private void Answer(Reply.StatusIs status) => Server.Tell(status, TestActor);

    private static Reply.StatusIs StatusOf(int port, ServerStanding standing, params int[] members)
    {
        ImmutableArray<MemberLine> lines = [.. members.Select(member => new MemberLine(Id(member), IsVoter: true))];
        return new(FirstProbe, Id(port), RaftRole.Follower, 1, default, 0, 0, null, lines, null, standing);
    }
}
