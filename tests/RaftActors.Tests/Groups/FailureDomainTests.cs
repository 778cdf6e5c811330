using Akka.TestKit.Xunit2;

using RaftActors.Core;

namespace RaftActors.Tests.Groups;

/// <summary>
/// <c>raft.failure-domain</c> of each node decides which processes vote. Six nodes have three votes. n1 to n3 are in rack a, n4 and n6 in
/// b, and n5 in c, so that names alone would choose three of rack a.
/// </summary>
public sealed class FailureDomainTests : TestKit
{
    private static readonly Dictionary<string, string> Racks = new()
    {
        ["n1"] = "a",
        ["n2"] = "a",
        ["n3"] = "a",
        ["n4"] = "b",
        ["n5"] = "c",
        ["n6"] = "b",
    };

    private readonly BadNetwork _network = new(seed: 1);
    private readonly Dictionary<string, CustomNode> _nodes = [];

    public FailureDomainTests()
        : base("akka.loglevel = ERROR") => _network.Calm();

    [Fact]
    public void Founder_gives_the_votes_to_processes_of_three_domains()
    {
        Start(hasDomains: true);

        Assert.Equal(["n1", "n4", "n5"], ExpectVoters("n1", _ => true));
    }

    [Fact]
    public void Founder_without_domains_gives_the_votes_to_the_first_names()
    {
        Start(hasDomains: false);

        Assert.Equal(["n1", "n2", "n3"], ExpectVoters("n1", _ => true));
    }

    // n2 and n3 come first by name. Only n6 is in a rack without a voter.
    [Fact]
    public void Lost_voter_is_replaced_by_a_process_of_its_own_domain()
    {
        Start(hasDomains: true);
        ExpectVoters("n1", voters => voters.Contains("n4"));

        _nodes["n4"].Stop();

        Assert.Equal(["n1", "n5", "n6"], ExpectVoters("n1", voters => !voters.Contains("n4")));
    }

    protected override void AfterAll()
    {
        foreach (var node in _nodes.Values)
        {
            node.Stop();
        }

        _network.Dispose();
        base.AfterAll();
    }

    private void Start(bool hasDomains)
    {
        var roster = string.Join(", ", Racks.Keys.Select(name => $"\"raft@{name}\""));
        foreach (var (name, rack) in Racks)
        {
            _nodes[name] = new CustomNode(
                this,
                name,
                _network.Join(name),
                $$"""
                raft {
                  roster = [{{roster}}]
                  founding-timeout = 1m
                  quorum { max = 3, stable-after = 200ms, gone-after = 3s }
                  {{(hasDomains ? $"failure-domain = rack-{rack}" : "")}}
                }
                """);
        }
    }

    private IEnumerable<string> ExpectVoters(string witness, Predicate<string[]> isExpected) => VotersOf(
        _nodes[witness].ExpectEvent<RaftEvent.MembersChanged>(changed => isExpected(VotersOf(changed))));

    private static string[] VotersOf(RaftEvent.MembersChanged changed) =>
        [.. changed.Members.Where(member => member.IsVoter).Select(member => member.Name.Node).Order()];
}
