using System.Collections.Immutable;
using System.Globalization;

using RaftActors.Cli.Protocol;
using RaftActors.Core;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft status</c>: the state of each member, from its own reply.</summary>
public sealed class StatusTests : IDisposable
{
    private static readonly DateTimeOffset Since = new(2026, 11, 20, 17, 52, 24, TimeSpan.Zero);

    private readonly ServerId _dead = ScriptedServer.Dead();
    private readonly ScriptedServer _leader;
    private readonly ScriptedServer _follower;
    private ImmutableArray<MemberLine> _members;

    public StatusTests()
    {
        _leader = ScriptedServer.Answering(request => Status(request, _leader!.Id, RaftRole.Leader, serial: 7, note: null));
        _follower = ScriptedServer.Answering(request => Status(request, _follower!.Id, RaftRole.Follower, serial: 4, "waits\u001b[2J"));
        _members = [new(_leader.Id, IsVoter: true), new(_follower.Id, IsVoter: true), new(_dead, IsVoter: true)];
    }

    public void Dispose()
    {
        _leader.Dispose();
        _follower.Dispose();
    }

    [Fact]
    public void Each_member_is_asked_and_a_dead_one_is_unreachable()
    {
        var run = Run.Here("status", "-S", $"{_follower.Id}");

        var since = Since.ToLocalTime().ToString("yyyy/MM/dd HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Equal(
            [
                "SERVER  ROLE         VOTES  TERM  SERIAL  COMMIT  LAG  ADDRESS          SINCE                NOTE",
                $"{_leader.Id}  leader       yes    3     7       7       0    127.0.0.1{_leader.Id}  {since}",
                $"{_follower.Id}  follower     yes    3     4       7       3    127.0.0.1{_follower.Id}  {since}  waits\\u001b[2J",
                $"{_dead}  unreachable  yes                               127.0.0.1{_dead}                       "
                    + $"cannot reach {_dead}: connection refused",
            ],
            run.Lines);
    }

    [Fact]
    public void Plain_text_is_stable_and_has_no_colours()
    {
        var runs = new[] { Run.Here("status", "-S", $"{_leader.Id}"), Run.Here("status", "-S", $"{_leader.Id}") };

        Assert.Equal(runs[0].Output, runs[1].Output);
        Assert.DoesNotContain('\u001b', runs[0].Output);
    }

    [Fact]
    public void Exit_code_is_1_when_no_majority_of_the_voters_answers()
    {
        _members = [new(_leader.Id, IsVoter: true), new(_dead, IsVoter: true), new(_follower.Id, IsVoter: false)];

        Assert.Equal(1, Run.Here("status", "-S", $"{_leader.Id}").Code);
    }

    [Fact]
    public void Exit_code_is_0_when_all_members_answer()
    {
        _members = [new(_leader.Id, IsVoter: true), new(_follower.Id, IsVoter: false)];

        Assert.Equal(0, Run.Here("status", "-S", $"{_leader.Id}").Code);
    }

    [Fact]
    public void Exit_code_is_1_when_a_learner_is_down()
    {
        _members = [new(_leader.Id, IsVoter: true), new(_dead, IsVoter: false)];

        Assert.Equal(1, Run.Here("status", "-S", $"{_leader.Id}").Code);
    }

    [Fact]
    public void Exit_code_is_1_when_a_member_is_fenced()
    {
        using var fenced = ScriptedServer.Answering(request =>
            Status(request, _dead, RaftRole.Follower, serial: 7, "its disk lost writes") with { Standing = ServerStanding.Fenced });
        _members = [new(_leader.Id, IsVoter: true), new(fenced.Id, IsVoter: true)];

        Assert.Equal(1, Run.Here("status", "-S", $"{_leader.Id}").Code);
    }

    [Fact]
    public void Asked_server_is_shown_even_if_it_is_not_a_member()
    {
        _members = [new(_leader.Id, IsVoter: true)];

        var run = Run.Here("status", "-S", $"{_follower.Id}");

        Assert.Equal(0, run.Code);
        Assert.Contains(run.Lines, line => line.StartsWith($"{_follower.Id}  follower  not a member"));
    }

    [Fact]
    public void Exit_code_is_1_when_no_leader_is_known()
    {
        ScriptedServer? server = null;
        server = ScriptedServer.Answering(request => new Reply.StatusIs(
            request.Number, server!.Id, RaftRole.PreCandidate, 3, Since, 0, 0, Leader: null, [new(server.Id, IsVoter: true)], Note: null));
        using var _ = server;

        var run = Run.Here("status", "-S", $"{server.Id}");

        Assert.Equal(1, run.Code);
        Assert.Contains("pre-candidate", run.Output);
    }

    [Fact]
    public void JSON_has_an_object_for_each_server_and_one_for_the_group()
    {
        var (leader, follower) = (_leader.Id, _follower.Id);

        var run = Run.Here("status", "--json", "-S", $"{follower}");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Equal(
            [
                $"kind=server server={leader} address=127.0.0.1{leader} role=leader member=True votes=True "
                    + $"term=3 serial=7 commit=7 lag=0 since=2026-11-20T17:52:24Z leader={leader}",
                $"kind=server server={follower} address=127.0.0.1{follower} role=follower member=True votes=True "
                    + $"term=3 serial=4 commit=7 lag=3 since=2026-11-20T17:52:24Z leader={leader} note=waits\u001b[2J",
                $"kind=server server={_dead} address=127.0.0.1{_dead} role=unreachable member=True votes=True "
                    + $"note=cannot reach {_dead}: connection refused",
                $"kind=group leader={leader} commit=7 servers=3 answered=2 healthy=True maxQuorum=5",
            ],
            run.Objects.Select(each => string.Join(' ', each.EnumerateObject().Select(member => $"{member.Name}={member.Value}"))));
    }

    [Fact]
    public void Watch_in_a_pipe_writes_a_table_only_after_a_change()
    {
        var asked = 0;
        ScriptedServer? server = null;
        server = ScriptedServer.Answering(request => Status(
            request, server!.Id, RaftRole.Leader, serial: 7, note: Interlocked.Increment(ref asked) < 3 ? "first" : "second"));
        using var _ = server;
        _members = [new(server.Id, IsVoter: true)];

        var run = Run.Interrupted("second\n", "status", "--watch", "-S", $"{server.Id}");

        Assert.Equal((130, ""), (run.Code, run.Error));
        Assert.Equal(["NOTE", "first", "NOTE", "second"], run.Lines.Select(line => line.Split(' ')[^1]));
    }

    [Fact]
    public void Terminal_output_has_colours_unless_NO_COLOR_is_set()
    {
        var command = $"dotnet {Run.ProgramFile} status -S {_leader.Id}";

        var coloured = Run.Shell($"TERM=xterm-256color script -qec 'stty cols 200; {command}' /dev/null");
        var plain = Run.Shell($"NO_COLOR=1 TERM=xterm-256color script -qec 'stty cols 200; {command}' /dev/null");

        Assert.Equal((1, 1), (coloured.Code, plain.Code));
        Assert.Contains("\u001b[38;5;2mleader", coloured.Output);
        Assert.Contains("leader", plain.Output);
        Assert.DoesNotContain("\u001b[38;", plain.Output);
    }

    private Reply.StatusIs Status(Request request, ServerId server, RaftRole role, long serial, string? note) => new(
        request.Number, server, role, Term: 3, Since, serial, CommittedSerial: 7, _leader.Id, _members, note, MaxQuorum: 5);
}
