using System.Text;

using RaftActors.Core;
using RaftActors.Delivery;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Histories of a group, and which of them the checker of a simulation rejects.</summary>
public sealed class GroupCheckerTests
{
    private readonly GroupChecker _checker;

    public GroupCheckerTests()
    {
        World world = new(seed: 1);
        _checker = new GroupChecker(
            world, [.. Enumerable.Range(0, 3).Select(node => new HostedActor(new SimulatedNode(world, node, $"n{node + 1}"), "a", null!))]);
    }

    [Fact]
    public void Two_leaders_of_a_term_are_rejected()
    {
        See(0, Leads(0, term: 4));
        See(1, Leads(1, term: 5));

        Assert.Equal("term 4 has two leaders: a@n1 and a@n3", Rejects("leaders", 2, Leads(2, term: 4)));
    }

    [Fact]
    public void Node_that_leads_its_term_for_long_and_a_follower_of_that_term_are_accepted()
    {
        See(0, Leads(0, term: 4));
        See(0, Leads(0, term: 4));
        See(1, new RaftStatus("g", new ProcessName("a@n2")) { Role = RaftRole.Follower, Term = 4 });
    }

    [Theory]
    [InlineData("other", "1")]
    [InlineData("key", "2")]
    [InlineData("key", "")]
    public void Two_pairs_at_a_serial_are_rejected(string key, string value)
    {
        See(0, null, ("first", "0"), ("key", "1"));
        See(1, null, ("first", "0"), ("key", "1"));

        var failure = Rejects("pairs", 2, null, ("first", "0"), (key, value));

        Assert.Contains("n3 has committed another pair at serial 2", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void First_pair_that_differs_is_rejected() => Assert.NotEmpty(RejectsAfter([("key", "1")], [("key", "2")]));

    [Fact]
    public void Pair_that_comes_later_is_compared_too()
    {
        var (one, other) = (new CommittedPairs(), new CommittedPairs());
        foreach (var (node, pairs) in new[] { (0, one), (1, other) })
        {
            pairs.Commit([Entry(1, "key", "1")]);
            See(node, null, pairs);
        }

        one.Commit([Entry(2, "key", "2")]);
        other.Commit([Entry(2, "key", "3")]);
        See(0, null, one);

        Assert.Throws<SimulationException>(() => See(1, null, other));
        Assert.Equal(2, _checker.Pairs);
    }

    [Fact]
    public void Node_that_restarts_is_compared_from_its_first_pair_on()
    {
        See(0, null, ("key", "1"));
        See(0, null, ("key", "1"));

        Assert.NotEmpty(Rejects("pairs", 0, null, ("key", "2")));
    }

    private static RaftStatus Leads(int node, long term) =>
        new("g", new ProcessName($"a@n{node + 1}")) { Role = RaftRole.Leader, Term = term };

    private static LogEntry Entry(int place, string key, string value) =>
        new(new LogIndex(place), new Term(1), new Serial(place), null, key, Encoding.UTF8.GetBytes(value));

    private string RejectsAfter((string Key, string Value)[] before, (string Key, string Value)[] pairs)
    {
        See(0, null, before);
        return Rejects("pairs", 1, null, pairs);
    }

    private string Rejects(string kind, int node, RaftStatus? status, params (string Key, string Value)[] pairs)
    {
        var failure = Assert.Throws<SimulationException>(() => See(node, status, pairs));
        Assert.Equal(kind, failure.Kind);
        return failure.Message;
    }

    // Each call is of another start of the node.
    private void See(int node, RaftStatus? status, params (string Key, string Value)[] pairs)
    {
        CommittedPairs committed = new();
        committed.Commit([.. pairs.Select((pair, place) => Entry(place + 1, pair.Key, pair.Value))]);
        See(node, status, committed);
    }

    private void See(int node, RaftStatus? status, CommittedPairs pairs) =>
        _checker.Check(node, pairs, status ?? new RaftStatus("g", new ProcessName($"a@n{node + 1}")), pairs);
}
