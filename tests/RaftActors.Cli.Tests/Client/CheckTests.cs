using System.Collections.Immutable;

using Akka.Actor;

using RaftActors.Cli.Client;
using RaftActors.Cli.Client.Check;
using RaftActors.Cli.Security;
using RaftActors.Cli.Server;
using RaftActors.Cli.Terminal;
using RaftActors.Core;

using TrialKit;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft check</c>: what is found in states of a group that a test cannot cause, or not soon.</summary>
public sealed class CheckTests
{
    private static readonly ServersTarget Target = new([new ServerId("", 9990)]);
    private static readonly Guid Uid = new(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

    private static readonly RaftStatus[] Good = [Of(":9990"), Of(":9991"), Of(":9992")];

    [Fact]
    public void Good_group_has_only_good_findings() => Assert.All(Findings(Good), finding => Assert.Equal(FindingLevel.Ok, finding.Level));

    [Fact]
    public void Member_that_is_down_is_a_failure_and_so_is_a_lost_majority()
    {
        AssertBad(Findings(Good[0], Good[1]), FindingLevel.Fail, ":9992", "it does not answer: cannot reach 127.0.0.1:9992");
        AssertBad(Findings(Good[0]), FindingLevel.Fail, "group", "1 of 3 voters answer, which is no majority, so nothing is committed");
    }

    [Fact]
    public void Fenced_member_is_a_failure_with_its_cause() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Fence = "the disk of raft@:9992 lost writes." }),
        FindingLevel.Fail,
        ":9992",
        "it is fenced: the disk of :9992 lost writes.");

    [Fact]
    public void Stopped_engine_is_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Failure = "I/O error." }),
        FindingLevel.Fail,
        ":9992",
        "its engine has stopped: I/O error.");

    [Fact]
    public void Name_that_two_processes_have_is_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { NameConflict = "two of raft@:9992" }),
        FindingLevel.Fail,
        ":9992",
        "two processes that run have one name: two of :9992");

    [Fact]
    public void Disk_that_is_nearly_full_is_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { IsDiskNearlyFull = true }), FindingLevel.Fail, ":9992", "its disk has less free space");

    [Fact]
    public void Held_actor_is_a_failure_with_its_serial_and_exception_and_its_process_counts_for_the_majority()
    {
        var held = new HeldActor(new Serial(4), isSnapshot: false, "JsonException: unknown type.", DateTimeOffset.UnixEpoch);
        var findings = Findings([.. Good.Select(status => status with { HeldAt = held, Delivered = new Serial(3) })]);

        AssertBad(findings, FindingLevel.Fail, ":9992", "its actor is held at serial 4: JsonException: unknown type");
        Assert.Contains(findings, finding => finding is { Level: FindingLevel.Ok, About: "group", Text: "3 of 3 voters answer" });
    }

    [Fact]
    public void Process_without_an_actor_is_a_failure() =>
        AssertBad(Findings(Good[0], Good[1], Good[2] with { Actor = null }), FindingLevel.Fail, ":9992", "it has no actor");

    [Fact]
    public void Two_groups_with_one_name_are_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Identity = new Guid(9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9) }),
        FindingLevel.Fail,
        "group",
        "there are 2 groups with this name: :9990, :9991 in ");

    [Fact]
    public void Two_leaders_of_one_term_are_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Leader = Process(":9992") }),
        FindingLevel.Fail,
        "group",
        "two leaders are known in term 3");

    [Fact]
    public void Values_of_different_JSON_in_one_logic_version_are_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Program = new RaftProgram(1, Guid.Empty, 5) }),
        FindingLevel.Fail,
        "group",
        "one logic version, 1, stands for values of different JSON: :9990, :9991; :9992");

    [Fact]
    public void Builds_of_one_logic_version_are_told_and_those_of_two_are_not()
    {
        var findings = Findings(Good[0], Good[1], Good[2] with { Program = new RaftProgram(1, Uid, 0) });

        Assert.Contains(findings, finding => finding is { Level: FindingLevel.Ok, About: "group" }
            && finding.Text.StartsWith("logic version 1 runs in several builds: :9990, :9991; :9992. ", StringComparison.Ordinal));
        Assert.DoesNotContain(
            Findings(Good[0], Good[1], Good[2] with { Program = new RaftProgram(2, Uid, 0) }),
            finding => finding.Text.Contains("build", StringComparison.Ordinal));
    }

    [Fact]
    public void Group_without_a_leader_is_a_failure() => AssertBad(
        Findings([.. Good.Select(status => status with { Leader = null })]), FindingLevel.Fail, "group", "no leader is known");

    [Fact]
    public void Older_members_of_one_process_are_a_warning() => AssertBad(
        Findings(Good[0] with { MembersIndex = new LogIndex(9) }, Good[1] with { MembersIndex = new LogIndex(9) }, Good[2]),
        FindingLevel.Warn,
        "group",
        ":9992 do not know the latest members yet");

    [Fact]
    public void Different_members_at_one_index_are_a_failure() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Members = [.. Good[2].Members.Skip(1)] }),
        FindingLevel.Fail,
        "group",
        "have different members at one index");

    [Fact]
    public void Member_that_does_not_reach_another_one_is_a_warning() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { Reachable = [Process(":9990")] }), FindingLevel.Warn, ":9992", "it does not reach :9991");

    [Fact]
    public void Term_that_grows_between_the_samples_is_a_warning() => AssertBad(
        Findings(Sample([.. Good.Select(status => status with { Term = 2 })]), Sample(Good)),
        FindingLevel.Warn,
        "group",
        "the term rose from 2 to 3 between two samples");

    [Fact]
    public void Member_that_is_behind_and_does_not_move_is_a_warning()
    {
        var behind = Good[2] with { Delivered = new Serial(4) };

        AssertBad(Findings(Good[0], Good[1], behind), FindingLevel.Warn, ":9992", "it is 3 pairs behind, and does not move");
        Assert.All(
            Findings(Sample(Good[0], Good[1], behind), Sample(Good[0], Good[1], behind with { Delivered = new Serial(5) })),
            finding => Assert.Equal(FindingLevel.Ok, finding.Level));
    }

    [Fact]
    public void Slow_answer_is_a_warning()
    {
        var sample = Sample(Good);
        var slow = sample with
        {
            Processes = [.. sample.Processes.Select(each => each with { RoundTrip = TimeSpan.FromMilliseconds(250) })],
        };

        AssertBad(Findings(slow, slow), FindingLevel.Warn, ":9990", "leader, answers after 250.0 ms, which is long");
    }

    [Fact]
    public void Each_finding_is_one_JSON_object_and_a_failure_ends_the_check_with_1()
    {
        var group = new FakeGroup { OnStatus = () => new GroupStatus("raft", [Good[0]], []) };

        var run = Run.Here(group, "check", "--json");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.All(run.Objects, each => Assert.Equal("finding", each.GetProperty("kind").GetString()));
        Assert.Contains(
            """{"kind":"finding","level":"fail","about":"group","text":"1 of 3 voters answer, which is no majority, so nothing is """
                + "committed\",\"cure\":\"",
            run.Output);
    }

    [Fact]
    public void Group_that_does_not_answer_is_a_failure_with_the_reason()
    {
        var dead = FakeGroup.Dead();

        var run = Run.Here("check", "-S", $"{dead}");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains($"FAIL  group: no server of raft answers: cannot reach {dead}: connection refused", run.Lines);
    }

    [Theory]
    [InlineData(100, FindingLevel.Fail)]
    [InlineData(1000, FindingLevel.Warn)]
    [InlineData(5000, FindingLevel.Ok)]
    public void Free_space_is_judged_by_the_floor_of_the_store(int mebibytes, object level) =>
        Assert.Equal(level, DataCheck.Space("/data", (long)mebibytes << 20).Level);

    [Fact]
    public void Slow_disk_is_a_warning_with_its_times()
    {
        var times = Enumerable.Range(1, 200).Select(number => TimeSpan.FromMilliseconds(number)).ToArray();

        var slow = DataCheck.Latency("/data", times);

        Assert.Equal(FindingLevel.Warn, slow.Level);
        Assert.StartsWith("a sync takes 101.00 ms (p50) and 199.00 ms (p99) of 200", slow.Text);
        Assert.Equal(FindingLevel.Ok, DataCheck.Latency("/data", [.. times.Select(time => time / 100)]).Level);
    }

    [Fact]
    public void Missing_data_directory_is_a_failure() =>
        Assert.Equal(FindingLevel.Fail, Assert.Single(DataCheck.Findings("/missing/directory")).Level);

    [Fact]
    public void Directory_that_others_can_write_to_is_a_failure()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["data"]);
        File.SetUnixFileMode(folder["data"], (UnixFileMode)0b111_111_111);

        var rights = DataCheck.Findings(folder["data"])[0];

        Assert.Equal(FindingLevel.Fail, rights.Level);
        Assert.StartsWith("other users can change it: ", rights.Text);
    }

    [Fact]
    public void Certificate_that_ends_soon_is_a_warning_and_one_that_has_ended_a_failure()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Run.Here("certs", "--dir", folder["certs"], "node1", "--days", "40").Code);
        var security = ConnectionSecurity.None with { Certificate = folder["certs/node1.pem"], Ca = folder["certs/ca.pem"] };
        var now = TimeProvider.System.GetUtcNow();

        FindingLevel[] LevelsAfter(int days) => [.. CertificateCheck.Findings(security, now.AddDays(days)).Select(each => each.Level)];

        Assert.Equal([FindingLevel.Ok, FindingLevel.Ok], LevelsAfter(1));
        Assert.Equal([FindingLevel.Warn, FindingLevel.Ok], LevelsAfter(20));
        Assert.Equal([FindingLevel.Fail, FindingLevel.Ok], LevelsAfter(41));
    }

    private static void AssertBad(IEnumerable<Finding> findings, FindingLevel level, string about, string text)
    {
        var finding = findings.Single(each => each.About == about && each.Text.Contains(text, StringComparison.Ordinal));
        Assert.Equal(level, finding.Level);
        Assert.NotNull(finding.Cure);
    }

    private static List<Finding> Findings(params RaftStatus[] both) => Findings(Sample(both), Sample(both));

    private static List<Finding> Findings(GroupSample first, GroupSample second) =>
    [
        .. new GroupCheck(Target, first, second).Findings(),
        .. new MemberCheck(Target, first, second, address => $"cannot reach {address}").Findings(),
    ];

    private static GroupSample Sample(params RaftStatus[] statuses) => new(
        Good[0].Members,
        [.. Good.Select(status => status.Name).Select(name => new MemberSample(
            name, statuses.FirstOrDefault(status => status.Name == name), At: 0, TimeSpan.FromMilliseconds(1)))]);

    private static RaftStatus Of(string server) => new("raft", Process(server))
    {
        IsOpen = true,
        Actor = ActorRefs.Nobody,
        Role = server == ":9990" ? RaftRole.Leader : RaftRole.Follower,
        Term = 3,
        Leader = Process(":9990"),
        Delivered = new Serial(7),
        Committed = new Serial(7),
        Identity = Uid,
        Members = [.. Servers.Select(member => new GroupMember(member, isVoter: true))],
        MembersIndex = new LogIndex(1),
        Reachable = [.. Servers.Where(member => member != Process(server))],
    };

    private static ImmutableArray<ProcessName> Servers => [Process(":9990"), Process(":9991"), Process(":9992")];

    private static ProcessName Process(string server) => new($"raft@{server}");
}
