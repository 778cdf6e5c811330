using RaftActors.Cli.Client.Check;
using RaftActors.Cli.Security;

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
    public void Good_group_has_a_line_for_itself_and_one_for_each_member() => Assert.Equal(
        [
            "group: :9990 leads in term 3; 3 of 3 members of the group 00000001000200030405060708090a0b vote",
            ":9990: leader in term 3, answers after 1.0 ms",
            ":9991: follower in term 3, answers after 1.0 ms",
            ":9992: follower in term 3, answers after 1.0 ms",
        ],
        Findings(Good).Select(finding => $"{finding.About}: {finding.Text}"));

    [Fact]
    public void Member_that_is_down_is_a_failure_with_the_reason_and_the_group_is_at_risk()
    {
        AssertBad(Findings(Good[0], Good[1]), FindingLevel.Fail, ":9992", "it does not answer: cannot reach 127.0.0.1:9992");
        AssertBad(Findings(Good[0], Good[1]), FindingLevel.Warn, "group", "it can lose no voter: 2 of 3 take part");
    }

    [Fact]
    public void Problem_that_must_not_be_is_a_failure_though_the_group_serves_and_has_server_names() => AssertBad(
        Findings(Good[0], Good[1], Good[2] with { NameConflict = "two of raft@:9992" }),
        FindingLevel.Fail,
        ":9992",
        "it sees two processes with one name: two of :9992");

    [Theory]
    [InlineData(false, false, "it waits to be added to its group", "Run 'raft members add :9993 -S :9990'.")]
    [InlineData(true, false, "it was removed from its group", "Run 'raft members add :9993 -S :9990'.")]
    [InlineData(
        false,
        true,
        "it waits to found its group with :9994",
        "Stop it, start it ('raft server -c :9990,:9991,:9992 -p 9993'), then run 'raft members add :9993 -S :9990'.")]
    public void Process_outside_of_the_group_is_a_failure_with_the_commands_that_add_it(
        bool isRemoved, bool isFounder, string text, string remedy)
    {
        var outside = Of(":9993") with
        {
            IsRemoved = isRemoved,
            Identity = isRemoved ? Uid : Guid.Empty,
            MembersAt = default,
            Members = isFounder
                ? [new(Process(":9993"), isVoter: true), new(Process(":9994"), isVoter: true)]
                : [new(Process(":9993"), isVoter: false)],
        };

        var finding = Assert.Single(Findings([.. Good, outside]), each => each.About == ":9993");

        Assert.Equal((FindingLevel.Fail, text, remedy), (finding.Level, finding.Text, finding.Cure));
    }

    [Fact]
    public void Term_that_grows_between_the_samples_is_a_warning() => AssertBad(
        Findings(Report([.. Good.Select(status => status with { Term = 2 })]), Report(Good)),
        FindingLevel.Warn,
        "group",
        "the term rose from 2 to 3 between two samples");

    [Fact]
    public void Member_that_is_behind_and_does_not_move_is_a_warning()
    {
        var behind = Good[2] with { Delivered = new Serial(4) };

        AssertBad(Findings(Good[0], Good[1], behind), FindingLevel.Warn, ":9992", "it is 3 pairs behind, and does not move");
        Assert.All(
            Findings(Report(Good[0], Good[1], behind), Report(Good[0], Good[1], behind with { Delivered = new Serial(5) })),
            finding => Assert.Equal(FindingLevel.Ok, finding.Level));
    }

    [Fact]
    public void Slow_answer_is_a_warning()
    {
        var slow = Report(TimeSpan.FromMilliseconds(250), Good);

        AssertBad(Findings(slow, slow), FindingLevel.Warn, ":9990", "it answers after 250.0 ms, which is long");
    }

    [Fact]
    public void Each_finding_is_one_JSON_object_and_a_failure_ends_the_check_with_1()
    {
        var group = new FakeGroup { OnStatus = () => new GroupStatus("raft", [Good[0]], []) };

        var run = Run.Here(group, "check", "--json");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.All(run.Objects, each => Assert.Equal("finding", each.GetProperty("kind").GetString()));
        Assert.Contains(
            """{"kind":"finding","level":"fail","about":"group","text":"it has no majority: 1 of 3 voters take part","cure":"Start the """,
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

    [Fact]
    public void Group_that_falls_silent_during_the_check_is_a_failure()
    {
        // The first sample asks for the group once, and then each member.
        var asked = 0;
        var group = new FakeGroup
        {
            OnStatus = () => ++asked <= 1 + Good.Length
                ? new GroupStatus("raft", [.. Good], [])
                : throw RaftException.Unavailable("No process answered in time."),
        };

        var run = Run.Here(group, "check");

        Assert.Equal((1, ""), (run.Code, run.Error));
        Assert.Contains("FAIL  group: no server of raft answers: no process answered in time", run.Lines);
        Assert.Contains("OK    :9990: leader in term 3, answers after", run.Output);
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
    public void Certificate_that_ends_soon_is_a_warning_and_one_that_has_ended_or_not_begun_a_failure()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Run.Here("certs", "--dir", folder["certs"], "node1", "--days", "40").Code);
        var security = ConnectionSecurity.None with { Certificate = folder["certs/node1.pem"], Ca = folder["certs/ca.pem"] };
        var now = TimeProvider.System.GetUtcNow();

        FindingLevel[] LevelsAfter(int days) => [.. CertificateCheck.Findings(security, now.AddDays(days)).Select(each => each.Level)];

        Assert.Equal([FindingLevel.Ok, FindingLevel.Ok], LevelsAfter(1));
        Assert.Equal([FindingLevel.Warn, FindingLevel.Ok], LevelsAfter(20));
        Assert.Equal([FindingLevel.Fail, FindingLevel.Ok], LevelsAfter(41));
        Assert.Equal([FindingLevel.Fail, FindingLevel.Fail], LevelsAfter(-2));
    }

    private static void AssertBad(IEnumerable<Finding> findings, FindingLevel level, string about, string text)
    {
        var finding = findings.Single(each => each.About == about && each.Text.Contains(text, StringComparison.Ordinal));
        Assert.Equal(level, finding.Level);
        Assert.NotNull(finding.Cure);
    }

    private static List<Finding> Findings(params RaftStatus[] both) => Findings(Report(both), Report(both));

    private static List<Finding> Findings(GroupReport first, GroupReport second) => [.. new GroupCheck(first, second).Findings()];

    private static GroupReport Report(params RaftStatus[] statuses) => Report(TimeSpan.FromMilliseconds(1), statuses);

    private static GroupReport Report(TimeSpan roundTrip, params RaftStatus[] statuses) => new(
        Target,
        new GroupStatus("raft", [.. statuses], []),
        [
            .. Good.Concat(statuses).Select(status => status.Name).Distinct().Select(name => new MemberRow(
                name,
                Good.Any(status => status.Name == name) ? true : null,
                statuses.FirstOrDefault(status => status.Name == name),
                At: 0,
                roundTrip)),
        ],
        address => $"cannot reach {address}");

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
        MembersAt = new LogIndex(1),
        Reachable = [.. Servers.Where(member => member != Process(server))],
    };

    private static ImmutableArray<ProcessName> Servers => [Process(":9990"), Process(":9991"), Process(":9992")];

    private static ProcessName Process(string server) => new($"raft@{server}");
}
