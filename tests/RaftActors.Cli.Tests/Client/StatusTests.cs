using System.Globalization;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft status</c>: the state of each member, from its own reply.</summary>
public sealed class StatusTests : ServerProgramTest
{
    private static readonly DateTimeOffset Since = new(2026, 11, 20, 17, 52, 24, TimeSpan.Zero);

    private static readonly RaftStatus Leader = Of(":9990", RaftRole.Leader, serial: 7);
    private static readonly RaftStatus Follower =
        Of(":9991", RaftRole.Follower, serial: 4) with { NameConflict = "two of raft@:9991\u001b[2J" };

    private static readonly RaftStatus Third = Of(":9992", RaftRole.Follower, serial: 7);

    [Fact]
    public void Each_member_has_a_row_and_one_that_does_not_answer_is_unreachable()
    {
        var run = Run.Here(Group(Leader, Follower), "status");

        var since = Since.ToLocalTime().ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Equal(
            [
                "SERVER  ROLE         VOTES  TERM  SERIAL  COMMIT  LAG  ADDRESS         SINCE                NOTE",
                $":9990   leader       yes    3     7       7       0    127.0.0.1:9990  {since}",
                $":9991   follower     yes    3     4       7       3    127.0.0.1:9991  {since}  "
                    + "sees two processes with one name: two of :9991\\u001b[2J",
                ":9992   unreachable  yes                               127.0.0.1:9992                       does not answer",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Server_that_is_named_and_down_is_shown_with_the_reason()
    {
        var ports = FreePorts.Take(3);
        var servers = await StartGroup(ports);
        servers[0].Send(Signal.Terminate);
        await servers[0].Exit();

        var run = Run.Here("status", "-S", ServerFolder.ListOf(ports));

        Assert.Equal(1, run.Code);
        Assert.Contains(run.Lines, line => line.StartsWith($":{ports[0]}  unreachable")
            && line.EndsWith($"cannot reach :{ports[0]}: connection refused"));
    }

    [Fact]
    public void Plain_text_is_stable_and_has_no_colours()
    {
        var runs = new[] { Run.Here(Group(Leader, Follower), "status"), Run.Here(Group(Leader, Follower), "status") };

        Assert.Equal(runs[0].Output, runs[1].Output);
        Assert.DoesNotContain('\u001b', runs[0].Output);
    }

    [Fact]
    public void Exit_code_is_1_when_no_majority_of_the_voters_answers() => Assert.Equal(1, Run.Here(Group(Leader), "status").Code);

    [Fact]
    public void Exit_code_is_0_when_all_members_answer() => Assert.Equal(0, Run.Here(Group(Leader, Follower, Third), "status").Code);

    [Fact]
    public void Exit_code_is_1_when_a_learner_is_down()
    {
        var leader = Leader with { Members = [.. Leader.Members, new GroupMember(Process(":9993"), isVoter: false)] };

        var run = Run.Here(Group(leader with { MembersAt = new LogIndex(2) }, Follower, Third), "status");

        Assert.Equal(1, run.Code);
        Assert.Contains(run.Lines, line => line.StartsWith(":9993   unreachable  no "));
    }

    [Fact]
    public void Exit_code_is_1_when_a_member_is_fenced()
    {
        var run = Run.Here(Group(Leader, Follower, Third with { Fence = "raft@:9992 lost writes." }), "status");

        Assert.Equal(1, run.Code);
        Assert.Contains(run.Lines, line => line.EndsWith("  is fenced: :9992 lost writes"));
    }

    [Fact]
    public void Exit_code_is_1_when_no_leader_is_known()
    {
        var lonely = Leader with { Role = RaftRole.PreCandidate, Leader = null };

        var run = Run.Here(Group(lonely, Follower with { Leader = null }, Third with { Leader = null }), "status");

        Assert.Equal(1, run.Code);
        Assert.Contains("pre-candidate", run.Output);
    }

    [Theory]
    [InlineData(false, false, "not a member", "waits to be added to its group: run 'raft members add :9993 -S :9990'")]
    [InlineData(true, false, "not a member", "was removed from its group: run 'raft members add :9993 -S :9990'")]
    [InlineData(true, true, "not a member", "was removed from its group: run 'raft members add :9993 -S :9990'")]
    public void Server_outside_the_group_is_shown_with_the_command_that_adds_it(bool wasMember, bool isTold, string votes, string note)
    {
        var outside = new RaftStatus("raft", Process(":9993"))
        {
            IsOpen = true,
            Actor = ActorRefs.Nobody,
            Identity = wasMember ? Leader.Identity : Guid.Empty,
            Members = wasMember ? [.. Leader.Members] : [new GroupMember(Process(":9993"), isVoter: false)],
            IsRemoved = isTold,
        };

        var run = Run.Here(Group(Leader, Follower, Third, outside), "status");

        Assert.Equal(0, run.Code);
        Assert.Contains(run.Lines, line => line.StartsWith($":9993   follower  {votes}") && line.EndsWith(note));
    }

    [Fact]
    public void Founder_of_a_group_that_is_not_founded_waits_for_the_others()
    {
        var founder = new RaftStatus("raft", Process(":9990")) { IsOpen = true, Actor = ActorRefs.Nobody, Members = Leader.Members };

        var run = Run.Here(Group(founder), "status");

        Assert.Equal(1, run.Code);
        Assert.Contains(
            "waits to found its group with :9991, :9992: start all of them, each with the same -c", run.Output);
    }

    [Fact]
    public void JSON_has_an_object_for_each_server_and_one_for_the_group()
    {
        var run = Run.Here(Group(Leader, Follower), "status", "--json");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Equal(
            [
                "kind=server server=:9990 address=127.0.0.1:9990 role=leader member=True votes=True "
                    + "term=3 serial=7 commit=7 lag=0 since=2026-11-20T17:52:24Z leader=:9990",
                "kind=server server=:9991 address=127.0.0.1:9991 role=follower member=True votes=True "
                    + "term=3 serial=4 commit=7 lag=3 since=2026-11-20T17:52:24Z leader=:9990 "
                    + "note=sees two processes with one name: two of :9991\u001b[2J",
                "kind=server server=:9992 address=127.0.0.1:9992 role=unreachable member=True votes=True "
                    + "note=does not answer",
                "kind=group leader=:9990 commit=7 servers=3 answered=2 healthy=True maxQuorum=5",
            ],
            run.Objects.Select(each => string.Join(' ', each.EnumerateObject().Select(member => $"{member.Name}={member.Value}"))));
    }

    [Fact]
    public async Task Watch_in_a_pipe_writes_a_table_only_after_a_change()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        var command = $"dotnet {Run.ProgramFile} status --watch -S :{port}";

        // The second table comes after an append. The table after the next append finds no reader, which ends the command.
        var append = $"dotnet {Run.ProgramFile} append x -S :{port} >/dev/null";
        var run = Run.Shell($"{command} | (read a; read b; echo $b; {append}; read c; read d; echo $d; exec <&-; {append})");

        Assert.Equal(["0", "1"], run.Lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[4]));
    }

    [Fact]
    public async Task Ctrl_C_ends_a_watch()
    {
        var port = FreePorts.Next();
        await StartAlone(port);

        var run = Run.Interrupted("", "\n:", ["status", "--watch", "-S", $":{port}"]);

        Assert.Equal((130, ""), (run.Code, run.Error));
    }

    [Fact]
    public async Task Terminal_output_has_colours_unless_NO_COLOR_is_set()
    {
        var port = FreePorts.Next();
        await StartAlone(port);
        var command = $"dotnet {Run.ProgramFile} status -S :{port}";

        var coloured = Run.Shell($"TERM=xterm-256color script -qec 'stty cols 200; {command}' /dev/null");
        var plain = Run.Shell($"NO_COLOR=1 TERM=xterm-256color script -qec 'stty cols 200; {command}' /dev/null");

        Assert.Equal((0, 0), (coloured.Code, plain.Code));
        Assert.Contains("\u001b[38;5;2mleader", coloured.Output);
        Assert.Contains("leader", plain.Output);
        Assert.DoesNotContain("\u001b[38;", plain.Output);
    }

    private static FakeGroup Group(params RaftStatus[] processes) => new()
    {
        OnStatus = () => new GroupStatus("raft", [.. processes], []),
    };

    private static RaftStatus Of(string server, RaftRole role, long serial) => new("raft", Process(server))
    {
        IsOpen = true,
        Actor = ActorRefs.Nobody,
        Role = role,
        RoleSince = Since,
        Term = 3,
        Leader = Process(":9990"),
        Delivered = new Serial(serial),
        Committed = new Serial(7),
        Identity = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        Members = [.. new[] { ":9990", ":9991", ":9992" }.Select(member => new GroupMember(Process(member), isVoter: true))],
        MembersAt = new LogIndex(1),
        MaxQuorum = 5,
        Reachable = [Process(":9990"), Process(":9991"), Process(":9992")],
    };

    private static ProcessName Process(string server) => new($"raft@{server}");
}
