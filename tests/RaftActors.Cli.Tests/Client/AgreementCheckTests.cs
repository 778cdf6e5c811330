using RaftActors.Cli.Client.Check;
using RaftActors.Wire;

namespace RaftActors.Cli.Tests.Client;

/// <summary><c>raft check</c>: versions, settings and clocks that differ.</summary>
public sealed class AgreementCheckTests
{
    private static readonly ServersTarget Target = new([new ServerId("", 9990)]);

    [Fact]
    public void Nodes_that_are_alike_have_only_good_findings() => Assert.Equal(
        [
            "OK    group: the version is 1.0.0",
            "OK    group: 2 settings are the same on all nodes",
            "OK    group: the clocks of the nodes differ by at most 0.004 s",
        ],
        Lines(Of(":9990"), Of(":9991"), Of(":9992")));

    [Fact]
    public void Versions_that_differ_are_a_warning() => Assert.Contains(
        "WARN  group: versions differ: 1.0.0 on :9990, :9992; 1.1.0 on :9991",
        Lines(Of(":9990"), Of(":9991", version: "1.1.0"), Of(":9992")));

    [Fact]
    public void Builds_of_one_logic_version_are_named() => Assert.Contains(
        "OK    group: logic version 1 runs in several builds: :9990, :9991; :9992. Raise LogicVersion if HandleAppend has changed between "
            + "them",
        Lines(Of(":9990"), Of(":9991"), Of(":9992", build: "2")));

    [Fact]
    public void Setting_that_differs_is_a_warning_with_its_values() => Assert.Contains(
        "WARN  group: raft.pair-size-max differs: 100 on :9990, :9991; 200 on :9992",
        Lines(Of(":9990"), Of(":9991"), Of(":9992", sizeMax: "200")));

    /// <summary>Each voter tells its own promise, so a rolling restart that turns leases on is no failure.</summary>
    [Fact]
    public void Lease_that_differs_is_a_warning() => Assert.Contains(
        "WARN  group: raft.lease.enabled differs: off on :9990, :9991; on on :9992",
        Lines(Of(":9990"), Of(":9991"), Of(":9992", lease: "on")));

    [Fact]
    public void Clock_that_is_surely_ahead_is_a_warning_though_another_node_answers_late() => Assert.Contains(
        "WARN  group: the clock of :9991 is 1.500 s ahead of that of :9990",
        Lines(Of(":9990"), Of(":9991", aheadMs: 1500), Of(":9992", aheadMs: 2000, roundTripMs: 6000)));

    [Fact]
    public void Clocks_differ_by_as_much_as_a_late_answer_leaves_open() => Assert.Contains(
        "OK    group: the clocks of the nodes differ by at most 6.000 s",
        Lines(Of(":9990"), Of(":9991", aheadMs: 100), Of(":9992", aheadMs: 50, roundTripMs: 6000)));

    [Fact]
    public void Clock_that_is_a_second_ahead_is_a_warning_and_a_long_round_trip_is_not() => Assert.Multiple(
        () => Assert.Contains(
            "WARN  group: the clock of :9991 is 1.500 s ahead of that of :9990",
            Lines(Of(":9990", aheadMs: -500), Of(":9991", aheadMs: 1000), Of(":9992"))),
        () => Assert.Contains(
            "OK    group: the clocks of the nodes differ by at most 3.500 s",
            Lines(Of(":9990", aheadMs: -500, roundTripMs: 2000), Of(":9991", aheadMs: 1000, roundTripMs: 2000), Of(":9992"))));

    [Fact]
    public void Process_that_tells_nothing_is_a_warning() => Assert.Contains(
        "WARN  group: :9991 told neither version nor settings nor time",
        Lines(Of(":9990"), Of(":9991") with { Told = null }, Of(":9992")));

    [Fact]
    public async Task Removed_process_is_not_compared()
    {
        RaftStatus[] answers = [Status(":9990"), Status(":9991"), Status(":9992") with { IsRemoved = true }];
        await using FakeGroup raft = new() { OnDescribe = _ => new ClientReply.Description(default, "1.0.0", []) };

        var samples = await DescriptionSample.TakeAsync(new GroupStatus("raft", [.. answers], []), raft, CancellationToken.None);

        Assert.Equal([new ProcessName("raft@:9990"), new ProcessName("raft@:9991")], samples.Select(sample => sample.Name));
    }

    private static RaftStatus Status(string server) => new("raft", new ProcessName($"raft@{server}"))
    {
        IsOpen = true,
        Identity = new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11),
        Members = [new GroupMember(new ProcessName($"raft@{server}"), isVoter: true)],
        MembersAt = new LogIndex(1),
    };

    private static List<string> Lines(params ImmutableArray<DescriptionSample> samples)
    {
        List<Finding> findings = [.. new AgreementCheck(Target, samples).Findings()];
        Assert.All(findings, finding => Assert.Equal(finding.Level == FindingLevel.Ok, finding.Cure is null));
        return [.. findings.Select(finding => (finding with { Cure = null }).Lines)];
    }

    private static DescriptionSample Of(
        string server,
        string version = "1.0.0",
        string build = "1",
        string sizeMax = "100",
        string lease = "off",
        int aheadMs = 0,
        int roundTripMs = 4) =>
        new(
            new ProcessName($"raft@{server}"),
            LogicVersion: 1,
            new Dictionary<string, string>
            {
                ["version"] = version,
                ["build"] = build,
                ["raft.pair-size-max"] = sizeMax,
                ["raft.lease.enabled"] = lease,
            },
            TimeSpan.FromMilliseconds(aheadMs),
            TimeSpan.FromMilliseconds(roundTripMs));
}
