namespace RaftActors.Cli.Tests.Server;

/// <summary>The lines that a server writes to standard output, each once.</summary>
public sealed class AnnouncementTests : ServerTest
{
    [Fact]
    public void Received_snapshot_writes_only_the_lines_that_were_not_written_before()
    {
        StartInGroup();
        Group.Commit("a", "count");
        Settle();
        var log = new MessageLog();
        log.Apply("a", "count", 1);
        log.Apply("b", "i like beer", 2);
        log.Apply("c", "print", 3);

        Group.SendSnapshot(new Serial(4), MessageLogFormat.Write(log.Messages));
        Group.Commit("c", "print");
        Group.Commit("d", "count");

        Settle();
        Assert.Equal(["Count 1", "Logs [count i like beer print]", "Count 4"], Lines);
    }

    [Fact]
    public void Snapshot_holds_all_messages()
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
        Settle();
        Assert.Empty(Lines);
        Assert.Contains("the group is founded: :9990 :9991 :9992", Errors);
    }

    [Fact]
    public void Added_and_removed_peers_are_announced_once_and_the_server_itself_never()
    {
        StartInGroup();
        HadMembers(3, 9990, 9991, 9992, 9994);
        HadMembers(4, 9990, 9991, 9992);
        HaveMembers(5, 9990, 9991, 9992, 9993);
        HaveMembers(6, 9991, 9992, 9993);
        HaveMembers(7, 9990, 9991, 9993);
        HaveMembers(6, 9991, 9992, 9993);
        HaveMembers(7, 9990, 9991, 9993);
        HaveMembers(8, 9990, 9991);
        Settle();
        Assert.Equal(["Added new peer :9993", "Removed peer :9992", "Removed peer :9993"], Lines);
    }

    [Fact]
    public void Peers_are_compared_with_those_of_the_latest_configuration_of_the_store()
    {
        StartInGroup();
        HadMembers(2, 9990, 9991, 9993);
        HaveMembers(3, 9990, 9991);
        Settle();
        Assert.Equal(["Removed peer :9993"], Lines);
    }

    [Fact]
    public void New_member_announces_the_peers_that_are_not_in_its_list()
    {
        Start(cluster: ":9991,:9992");
        HaveMembers(9, 9990, 9991, 9992, 9993);
        Settle();
        Assert.Equal(["Added new peer :9993"], Lines);
        Assert.Contains("was added to the group: the members are :9990 :9991 :9992 :9993", Errors);
    }

    [Fact]
    public void Removed_server_logs_once_the_command_that_adds_it()
    {
        StartInGroup();
        HaveMembers(2, 9991, 9992);
        Happen(new RaftEvent.Removed("raft", Process(9990)));
        Happen(new RaftEvent.Removed("raft", Process(9990)));
        Settle();
        Assert.EndsWith(
            "To add it again: raft members add :9990 -S :9991", Assert.Single(Errors, line => line.Contains("removed")));
        Assert.Empty(Lines);
    }

    [Fact]
    public void Founder_logs_the_servers_that_it_waits_for()
    {
        Start();
        Settle();
        Assert.Equal(["waits for :9991 and :9992: the first start of a group needs all servers of -c, each with the same -c"], Errors);
    }

    [Fact]
    public void Server_outside_its_list_logs_the_command_that_adds_it()
    {
        Start(cluster: ":9991,:9992");
        Settle();
        Assert.Equal(["waits to be added: raft members add :9990 -S :9991"], Errors);
    }

    [Fact]
    public async Task Stopped_engine_ends_the_program()
    {
        StartInGroup();
        Happen(new RaftEvent.Stopped("raft", Process(9990), "the disk of raft@:9990 fails"));
        Settle();
        Assert.Equal("the disk of :9990 fails.", await Failed.Task.WaitAsync(RunningServer.Patience));
    }

    [Fact]
    public void Fenced_server_logs_the_remedy_and_goes_on()
    {
        StartInGroup();
        Happen(new RaftEvent.Fenced("raft", Process(9990), "a majority has another log than raft@:9990."));
        Settle();
        Assert.Contains(
            $"is fenced: a majority has another log than :9990. Stop this server, move {System.IO.Path.GetFullPath("unused")} away, and "
                + "start it as before. It rejoins by itself while a majority runs without it.",
            Errors);
        Assert.False(Failed.Task.IsCompleted);
    }
}
