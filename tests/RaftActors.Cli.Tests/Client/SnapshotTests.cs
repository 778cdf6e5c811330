using System.Collections.Concurrent;

using RaftActors.Cli.Backups;
using RaftActors.Wire;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft snapshot</c>.</summary>
public sealed class SnapshotTests : ServerProgramTest
{
    private readonly ConcurrentQueue<ProcessName> _asked = new();

    [Fact]
    public void All_members_are_asked_in_turn_and_the_leader_is_the_last()
    {
        var run = Run.Here(Group(leader: 0), "snapshot");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal([NameOf(1), NameOf(2), NameOf(0)], _asked);
        Assert.Equal([":9991", ":9992", ":9990"], run.Lines.Select(line => line.Split(": ")[0]));
        Assert.All(run.Lines, line => Assert.Matches(@": serial 17, \d+\.\d\d s$", line));
    }

    [Fact]
    public void Failure_of_one_member_does_not_stop_the_others()
    {
        var run = Run.Here(Group(leader: 2, failing: 0), "snapshot");

        Assert.Equal(1, run.Code);
        Assert.Equal([":9991", ":9992"], run.Lines.Select(line => line.Split(": ")[0]));
        Assert.Equal("raft: :9990: the disk is full\n", run.Error);
    }

    [Fact]
    public void Named_members_are_asked_in_their_order_and_each_once()
    {
        var run = Run.Here(Group(leader: 0), "snapshot", ":9992", ":9990", ":9992");

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal([NameOf(2), NameOf(0)], _asked);
    }

    [Fact]
    public void Member_that_no_server_reaches_is_not_waited_for()
    {
        var run = Run.Here(Group(leader: 0), "snapshot", ":9999", ":9991", "--timeout", "24h");

        Assert.Equal(1, run.Code);
        Assert.Equal("raft: :9999: no server that answered reaches it\n", run.Error);
        Assert.Equal([NameOf(1)], _asked);
    }

    [Fact]
    public void JSON_has_an_object_for_each_member()
    {
        var run = Run.Here(Group(leader: 2, failing: 0), "snapshot", "--json");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Equal(
            """{"kind":"snapshot","server":":9990","outcome":"not-done","why":"the disk is full"}""", run.Lines.First());
        Assert.StartsWith(
            """{"kind":"snapshot","server":":9991","outcome":"done","serial":17,"ms":""", run.Lines.ElementAt(1));
    }

    [Fact]
    public void Ctrl_C_at_the_last_member_ends_with_130_if_a_member_has_no_snapshot()
    {
        using CancellationTokenSource interrupt = new();
        var group = Group(leader: 2, failing: 0, asked: name => (name == NameOf(2) ? interrupt : null)?.Cancel());
        using StringWriter output = new(), error = new();
        using var client = group.RunSettings.Open(interrupt.Token);
        GroupRun run = new(new CommandEnvironment(() => Stream.Null, output, error), group.RunSettings, client);

        var code = SnapshotCommand.Take(run, group.OnStatus(), [NameOf(0), NameOf(1), NameOf(2)]);

        Assert.Equal((130, 2), (code, output.ToString().Split('\n').Length - 1));
    }

    [Fact]
    public void Group_without_members_is_a_failure()
    {
        var run = Run.Here(new FakeGroup(), "snapshot");

        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal(
            "raft: the group has no members yet, as far as the servers that answered know; start all of its founders\n", run.Error);
    }

    [Fact]
    public void Wrong_name_is_a_wrong_command()
    {
        var run = Run.Here(Group(leader: 0), "snapshot", "orders@10.0.0.1:2551");

        Assert.Equal((2, ""), (run.Code, run.Output));
        Assert.Contains("is not a server address", run.Error);
    }

    [Fact]
    public async Task Servers_take_snapshots_and_a_server_that_is_down_does_not_stop_the_others()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports, processes: 2);
        var list = ServerFolder.ListOf(ports);
        Assert.Equal(0, Run.Here("append", "I like beer.", "-S", list).Code);

        Run all;
        do
        {
            // Until the last server knows that the message is committed, it has nothing new to cover.
            all = Run.Here("snapshot", "-S", list);
            Assert.Equal((0, ""), (all.Code, all.Error));
        }
        while (!all.Lines.All(line => line.Contains(": serial 1, ")));

        servers[2].Send(Signal.Kill);
        await servers[2].Exit();
        var rest = Run.Here("snapshot", "-S", list);

        Assert.Equal(ports.Select(port => $":{port}").Order(), all.Lines.Select(line => line.Split(": ")[0]).Order());
        Assert.Equal(1, rest.Code);
        Assert.Equal(2, rest.Lines.Count());
        Assert.StartsWith($"raft: :{ports[2]}: ", rest.Error);
    }

    private static ProcessName NameOf(int place) => new($"raft@:{9990 + place}");

    /// <param name="leader">Its place among the three servers.</param>
    /// <param name="failing">The place of the server whose disk is full; null: none is.</param>
    /// <param name="asked">Called before a server takes a snapshot.</param>
    private FakeGroup Group(int leader, int? failing = null, Action<ProcessName>? asked = null)
    {
        ProcessName[] names = [NameOf(0), NameOf(1), NameOf(2)];
        var statuses = names.Select(name => new RaftStatus(ServerId.GroupName, name)
        {
            IsOpen = true,
            Term = 1,
            Leader = NameOf(leader),
            Members = [.. names.Select(each => new GroupMember(each, isVoter: true))],
            MembersAt = new LogIndex(1),
        });
        return new FakeGroup
        {
            OnStatus = () => new GroupStatus(ServerId.GroupName, [.. statuses], []),
            OnSnapshot = name =>
            {
                _asked.Enqueue(name);
                asked?.Invoke(name);
                return failing is { } place && name == NameOf(place)
                    ? throw RaftException.Unavailable("The disk is full.")
                    : new ClientReply.SnapshotTaken(new LogPosition(new LogIndex(19), new Term(1), new Serial(17), 0), 1_500_000);
            },
        };
    }
}
