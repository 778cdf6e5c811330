using Akka.Actor;

using RaftActors.Cli.Protocol;
using RaftActors.Cli.Server;
using RaftActors.Core;
using RaftActors.DiskModel;

namespace RaftActors.Cli.Tests.Server;

/// <summary>What a server writes on its standard output: each line once, restarts or not.</summary>
public sealed class AnnouncingTests : ServerTest
{
    [Fact]
    public void Print_and_count_are_written_when_they_are_applied()
    {
        StartInGroup();
        Group.Commit("a", "i like beer");
        Group.Commit("b", "count");
        Group.Commit("c", "print");
        Status();
        Assert.Equal(["Count 2", "Logs [i like beer count print]"], Lines);
    }

    [Fact]
    public void Restart_writes_nothing_again_and_goes_on_after_it()
    {
        StartInGroup();
        Group.Commit("a", "count");
        Status();
        Restart();
        Group.Commit("b", "count");
        Status();
        Assert.Equal(["Count 1", "Count 2"], Lines);
    }

    [Fact]
    public void Line_is_on_the_disk_as_written_before_it_is()
    {
        StartInGroup();
        Status();
        Disk.Fail(DiskFault.SyncFolder);
        Watch(Server);

        Group.Commit("a", "count");

        ExpectTerminated(Server);
        Assert.Empty(Lines);
    }

    [Fact]
    public void Snapshot_has_what_was_not_processed_written_and_nothing_else()
    {
        StartInGroup();
        Group.Commit("a", "count");
        Status();
        var log = new MessageLog();
        log.Apply("a", "count", 1);
        log.Apply("b", "i like beer", 2);
        log.Apply("c", "print", 3);

        Group.SendSnapshot(new Serial(4), MessageLogFormat.Write(log));
        Group.Commit("c", "print");
        Group.Commit("d", "count");

        Status();
        Assert.Equal(["Count 1", "Logs [count i like beer print]", "Count 4"], Lines);
    }

    [Fact]
    public void Snapshot_of_a_server_is_its_whole_log()
    {
        StartInGroup();
        Group.Commit("a", "i like beer");
        Group.Commit("b", "");
        Group.TakeSnapshot();

        var snapshot = Asked.FishForMessage(message => message is Testing.FromActor<string>.Snapshot);

        var bytes = Assert.IsType<byte[]>(((Testing.FromActor<string>.Snapshot)snapshot).State);
        Assert.Equal(["i like beer", ""], MessageLogFormat.Read(bytes).Messages.Select(message => message.Text));
    }

    [Fact]
    public void Founding_announces_nothing()
    {
        StartInGroup();
        Status();
        Assert.Empty(Lines);
        Assert.Contains("the group is founded: :9990 :9991 :9992", Errors);
    }

    [Fact]
    public void Peers_that_come_and_go_are_announced_once_over_restarts_and_itself_never()
    {
        StartInGroup();
        HaveMembers(5, 9990, 9991, 9992, 9993);
        HaveMembers(6, 9991, 9992, 9993);
        HaveMembers(7, 9990, 9991, 9993);
        Status();
        Restart();
        HaveMembers(1, 9990, 9991, 9992);
        HaveMembers(5, 9990, 9991, 9992, 9993);
        HaveMembers(6, 9991, 9992, 9993);
        HaveMembers(7, 9990, 9991, 9993);
        HaveMembers(8, 9990, 9991);
        Status();
        Assert.Equal(["Added new peer :9993", "Removed peer :9992", "Removed peer :9993"], Lines);
    }

    [Fact]
    public void Newcomer_announces_the_peers_that_its_list_did_not_name()
    {
        Start(cluster: ":9991,:9992");
        HaveMembers(9, 9990, 9991, 9992, 9993);
        Status();
        Assert.Equal(["Added new peer :9993"], Lines);
        Assert.Contains("was taken in: the members are :9990 :9991 :9992 :9993", Errors);
    }

    [Fact]
    public void Server_that_is_removed_says_how_it_comes_back_and_says_so_again_after_a_restart()
    {
        StartInGroup();
        HaveMembers(2, 9991, 9992);
        Happen(new RaftEvent.Removed("raft", Process(9990)));
        Happen(new RaftEvent.Removed("raft", Process(9990)));
        Status();
        Restart();
        Status();
        var told = Errors.Where(line => line.Contains("removed")).ToArray();
        Assert.Equal(2, told.Length);
        Assert.All(told, line => Assert.EndsWith("To be taken in again: raft members add :9990 -S :9991", line));
        Assert.Empty(Lines);
    }

    [Fact]
    public void Founder_that_was_removed_knows_so_after_a_restart_whatever_its_log_held_before()
    {
        StartInGroup();
        HaveMembers(2, 9991, 9992);
        Status();
        Restart();
        Assert.Equal(ServerStanding.Removed, Status().Standing);
        HaveMembers(1, 9990, 9991, 9992);
        Assert.Equal(ServerStanding.Removed, Status().Standing);
        HaveMembers(3, 9990, 9991, 9992);
        Assert.Equal(ServerStanding.Member, Status().Standing);
    }

    [Fact]
    public void List_that_differs_from_the_members_is_told_not_to_count()
    {
        StartInGroup();
        HaveMembers(2, 9990, 9991, 9992, 9993);
        Status();
        Restart();
        Status();
        Assert.Contains(
            "the members are :9990 :9991 :9992 :9993, as the group's log says; what -c says is not looked at any more", Errors);
    }

    [Fact]
    public void Group_that_is_not_founded_is_waited_for()
    {
        Start();
        Status();
        Assert.Equal(["waits for :9991 and :9992: the first start of a group needs all that -c names, each with the same -c"], Errors);
    }

    [Fact]
    public void Server_outside_its_list_says_what_takes_it_in()
    {
        Start(cluster: ":9991,:9992");
        Status();
        Assert.Equal(["waits to be taken in: raft members add :9990 -S :9991"], Errors);
    }

    private void Restart()
    {
        Watch(Server);
        Sys.Stop(Server);
        ExpectTerminated(Server);
        Disk = new ModelDisk(Disk.Now);
        Start();
    }
}
